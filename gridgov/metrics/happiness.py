"""幸福在网格: happiness."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["HAPPINESS", "TEAMS"]

_ACTIVITY = ("type", "pillar")
TEAMS = 20
"""Performing teams that a community is taken to have."""

HAPPINESS = (
    Metric(
        code="HP1",
        pillar="幸福",
        zh="参与户率",
        en="Household reach",
        definition_zh=(
            "期内签到参加过活动的不同户数除以户数（期内各月底数的平均）。户按居住的网格计，不按举"
            "办的网格。"
        ),
        definition_en=(
            "Distinct households that signed in at an activity over households (average of the "
            "months). A household counts where it lives, not where the activity was held."
        ),
        numerator_zh="参加过活动的不同户",
        numerator_en="distinct households attending",
        denominator_zh="户数",
        denominator_en="households",
        unit="%",
        unit_en="%",
        direction="up",
        kind="reach",
        source="reach",
        denominator="households",
        dimensions=("pillar",),
    ),
    Metric(
        code="HP2",
        pillar="幸福",
        zh="首次参与占比",
        en="New-participant share",
        definition_zh="首次参与人数除以参与人次；两者都有的活动才计入。",
        definition_en="First-timers over attendances, at activities that state both.",
        numerator_zh="首次参与人数",
        numerator_en="first-timers",
        denominator_zh="参与人次",
        denominator_en="attendances",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="activity",
        dimensions=_ACTIVITY,
    ),
    Metric(
        code="HP3",
        pillar="幸福",
        zh="队伍展演率",
        en="Teams performing",
        definition_zh=(
            f"一个季度内上台展演的不同队伍数除以 {TEAMS} 支（每个社区）；跨几个季度的按季度累计。"
        ),
        definition_en=(
            f"Distinct teams that performed in a quarter over {TEAMS} a community; several "
            "quarters add up."
        ),
        numerator_zh="各季度展演的不同队伍之和",
        numerator_en="distinct teams, summed over quarters",
        denominator_zh=f"{TEAMS} × 社区数 × 季度数",
        denominator_en=f"{TEAMS} × communities × quarters",
        unit="%",
        unit_en="%",
        direction="up",
        kind="distinct",
        source="item",
        denominator="team_quarters",
        grains=("quarter", "half", "year"),
        min_n=1,
    ),
    Metric(
        code="HP4",
        pillar="幸福",
        zh="到课率",
        en="Course attendance",
        definition_zh="课程的到课人次除以报名人数；两者都填了的课程才计入。",
        definition_en="Attendances over enrolments of courses that state both.",
        numerator_zh="到课人次",
        numerator_en="attended",
        denominator_zh="报名人数",
        denominator_en="enrolled",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="activity",
        dimensions=_ACTIVITY,
    ),
    Metric(
        code="HP5",
        pillar="幸福",
        zh="千人参与人次",
        en="Attendances per 1,000 residents",
        definition_zh=(
            "活动参与人次，每千名居民（期内各月底数的平均）。人次不等于覆盖面，须与参与户率一并看。"
        ),
        definition_en=(
            "Attendances per 1,000 residents (average of the months). Attendances are not reach: "
            "read beside HP1."
        ),
        numerator_zh="参与人次",
        numerator_en="attendances",
        denominator_zh="居民数",
        denominator_en="residents",
        unit="人次/千人",
        unit_en="per 1,000",
        direction="context",
        kind="rate",
        source="activity",
        denominator="residents",
        dimensions=_ACTIVITY,
        grains=MONTHS_UP,
        scale=1000,
    ),
    Metric(
        code="HP6",
        pillar="幸福",
        zh="活动满意率",
        en="Activity satisfaction",
        definition_zh=(
            "满意数除以评价数；两者都填了的活动才计入。评价少于 30 份的网格另给出向上级网格收缩后"
            "的值。"
        ),
        definition_en=(
            "Satisfied over rated, at activities that state both. Grids with fewer than 30 "
            "ratings also get a value shrunk towards their parent grid."
        ),
        numerator_zh="满意数",
        numerator_en="satisfied",
        denominator_zh="评价数",
        denominator_en="rated",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="activity",
        dimensions=_ACTIVITY,
        is_shrunk=True,
    ),
)
