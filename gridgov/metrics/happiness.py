"""幸福在网格: happiness."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["HAPPINESS", "TEAMS"]

_ACTIVITY = ("type", "pillar")
TEAMS = 20
"""Performing teams that a community is taken to have."""

HAPPINESS = (
    Metric(
        "HP1", "幸福", "参与户率", "Household reach",
        "期内签到参加过活动的不同户数除以户数（期内各月底数的平均）。户按居住的网格计，不按举办的网格。",
        "Distinct households that signed in at an activity over households (average of the months). A household "
        "counts where it lives, not where the activity was held.",
        "参加过活动的不同户", "distinct households attending", "户数", "households",
        "%", "%", "up", "reach", "reach", denominator="households", dimensions=("pillar",),
    ),
    Metric(
        "HP2", "幸福", "首次参与占比", "New-participant share",
        "首次参与人数除以参与人次；两者都有的活动才计入。", "First-timers over attendances, at activities that state both.",
        "首次参与人数", "first-timers", "参与人次", "attendances",
        "%", "%", "up", "ratio", "activity", dimensions=_ACTIVITY,
    ),
    Metric(
        "HP3", "幸福", "队伍展演率", "Teams performing",
        f"一个季度内上台展演的不同队伍数除以 {TEAMS} 支（每个社区）；跨几个季度的按季度累计。",
        f"Distinct teams that performed in a quarter over {TEAMS} a community; several quarters add up.",
        "各季度展演的不同队伍之和", "distinct teams, summed over quarters", f"{TEAMS} × 社区数 × 季度数",
        f"{TEAMS} × communities × quarters",
        "%", "%", "up", "distinct", "item", denominator="team_quarters",
        grains=("quarter", "half", "year"), min_n=1,
    ),
    Metric(
        "HP4", "幸福", "到课率", "Course attendance",
        "课程的到课人次除以报名人数；两者都填了的课程才计入。", "Attendances over enrolments of courses that state both.",
        "到课人次", "attended", "报名人数", "enrolled",
        "%", "%", "up", "ratio", "activity", dimensions=_ACTIVITY,
    ),
    Metric(
        "HP5", "幸福", "千人参与人次", "Attendances per 1,000 residents",
        "活动参与人次，每千名居民（期内各月底数的平均）。人次不等于覆盖面，须与参与户率一并看。",
        "Attendances per 1,000 residents (average of the months). Attendances are not reach: read beside HP1.",
        "参与人次", "attendances", "居民数", "residents",
        "人次/千人", "per 1,000", "context", "rate", "activity", denominator="residents",
        dimensions=_ACTIVITY, scale=1000, grains=MONTHS_UP,
    ),
    Metric(
        "HP6", "幸福", "活动满意率", "Activity satisfaction",
        "满意数除以评价数；两者都填了的活动才计入。评价少于 30 份的网格另给出向上级网格收缩后的值。",
        "Satisfied over rated, at activities that state both. Grids with fewer than 30 ratings also get a value "
        "shrunk towards their parent grid.",
        "满意数", "satisfied", "评价数", "rated",
        "%", "%", "up", "ratio", "activity", dimensions=_ACTIVITY, is_shrunk=True,
    ),
)  # fmt: skip
