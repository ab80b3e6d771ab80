"""Writing a scheme as TOML with the comments that a committee needs to read it.

The comments are Chinese like the scheme itself: it is a document of the community, put up for all
to see, whatever language the interface is in.
"""

from __future__ import annotations

import unicodedata

from gridgov.awards.scheme import INDICATORS, PILLARS, Expected, Indicator, Scheme, Tier, Track
from gridgov.awards.scheme_file import FLAG_DEFAULTS

__all__ = ["write_scheme"]

_HEAD = """\
# {name}
#
# 本方案在评选期开始前公布，评选期内不改。“#”后面是说明，程序不读。
# 改动后运行 python -m gridgov awards run 时会检查，写错了会指出是第几行、怎么改。
# 分值线、先验和应有场次由 awards calibrate 按上一期数据算出，换期时请重新测算。

name = "{name}"
period = "{period}"                # 评选期：2026H1 是 2026 年上半年
calibrated_on = "{calibrated}"         # 分值线等取自哪一期的数据
rank_within = "{within}"            # 在哪一级之内排名次：规模再大也只在街道或社区之内比
bonus_max = {bonus}                    # 加分最多几分
ties = [{ties}]   # 总分相同时依次比哪几项；仍相同则名次并列（1-2-2-4）
declared_batch = [{declared}]      # 事由或方式写明这些字样的，不算集中补录

[eligibility]                    # 参评条件
min_months = {min_months}                   # 扣除请假，至少在岗几个月；新到岗的另列
min_due = {min_due}                     # 至少有几次应联系重点人员

[caps]                           # 同类记录最多算几次，多出的列明但不计
visits_per_household_day = {visits}
activities_per_worker_day = {activities}      # 同一人同一类型同一天
complaints_per_household_day = {complaints}   # 同一户同一类别同一天
entry_days = {entry_days}                   # 期末之后几天内录入的还算

[uncertainty]                    # 名次有多大把握
draws = {draws}                    # 抽多少次
seed = {seed}                  # 固定的种子：谁来重算都一样
concentration = {concentration}               # 权重的浮动：越大越不浮动
decide_above = {low}               # 入选把握在这两数之间的，交评委会定
decide_below = {high}
min_reliability = {reliability}            # 总分可靠度低于此数时，只公布名次区间

[calibration]                    # 测算先验时的限度（计分不用）
prior_cap = {prior_cap}                    # 先验最多相当于中间那位候选人应做次数的几倍
prior_least = {prior_least}                 # 但总可以要求这么多次：再少，比率多半是运气

# 称号与名额（占参评人数的百分比，四舍五入，至少一人）
"""

_NOTES_FROM = 34
_FLAG_NOTES = {
    "G1": "同一文字用于几户、几个字以上才比、几条且占其走访几成起提示",
    "G2": "相似度、字数、几对起，且高于同事的百分位",
    "G3": "几条在几分钟内录入、跨几栋楼、几条且占几成起提示",
    "G4": "短于几秒、一小时多于几次、深夜几点到几点、几条且占几成起提示",
    "G5": "晚于几小时、占比超过多少、至少几条才判",
    "G6": "最后几天、误报率、为同事的几倍、至少几条才判",
    "G7": "六个月里几个月恰好同数；target 写定目标数，0 = 不定",
    "G8": "整点半点，仅供参考",
    "G9": "每日过于均匀的误报率、至少几条才判",
    "G10": "走访后几天内来诉、几条且占几成起提示",
    "G11": "几分钟内办结、几条起提示",
    "G12": "回访抽取比例、每人至少几条",
}


_NO_BREADTH = [
    "# 不设“五在活动覆盖”：活动台账只记组织者，这一赛道的人很少有记在自己名下的活动，",
    "# 设了也没有数据。它的权重已写明分给其他指标。",
]


def write_scheme(scheme: Scheme) -> str:
    """The scheme as a commented text that `parse_scheme` reads back to the same scheme."""
    parts = [
        _head(scheme),
        *(_tier(tier) for tier in scheme.tiers),
        _flags(scheme),
        *(_track(track) for track in scheme.tracks),
    ]
    return _aligned("\n".join(parts).rstrip() + "\n")


def _aligned(text: str) -> str:
    """Comments behind a setting start in one column, where the setting leaves room."""
    lines = []
    for line in text.split("\n"):
        setting, mark, note = line.partition(" # ")
        if mark and setting.strip() and not setting.startswith("#"):
            setting = setting.rstrip()
            wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in setting)
            line = setting + " " * max(2, _NOTES_FROM - wide) + "# " + note.strip()
        lines.append(line)
    return "\n".join(lines)


def _head(scheme: Scheme) -> str:
    return _HEAD.format(
        name=scheme.name,
        period=scheme.period.code,
        calibrated=scheme.calibrated_on,
        within=scheme.rank_within,
        bonus=_points(scheme.bonus_max),
        ties=_texts(scheme.ties),
        declared=_texts(scheme.declared),
        min_months=_number(scheme.eligibility.min_months),
        min_due=scheme.eligibility.min_due,
        visits=scheme.caps.visits_per_household_day,
        activities=scheme.caps.activities_per_worker_day,
        complaints=scheme.caps.complaints_per_household_day,
        entry_days=scheme.caps.entry_days,
        draws=scheme.draws,
        seed=scheme.seed,
        concentration=_number(scheme.concentration),
        low=_number(scheme.band[0]),
        high=_number(scheme.band[1]),
        reliability=_number(scheme.min_reliability),
        prior_cap=_number(scheme.prior_limit.cap),
        prior_least=_number(scheme.prior_limit.least),
    )


def _tier(tier: Tier) -> str:
    within = (
        f'\nwithin = "{tier.within}"             # 从这一称号的入选者中产生' if tier.within else ""
    )
    return f'[[tier]]\nname = "{tier.name}"\nquota = {_points(tier.quota)}{within}\n'


def _flags(scheme: Scheme) -> str:
    lines = ["# 待复核情形的界限。只提示复核，不扣分；有复核结论才影响计数", "[flags]"]
    for code in FLAG_DEFAULTS:
        values = ", ".join(f"{key} = {_number(value)}" for key, value in scheme.flags[code].items())
        lines += [f"# {code}：{_FLAG_NOTES[code]}", f"{code} = {{ {values} }}"]
    return "\n".join(lines) + "\n"


def _track(track: Track) -> str:
    floors = "\n".join(f'"{group}" = {_points(points)}' for group, points in track.floors.items())
    breadth = any(indicator.kind == "breadth" for indicator in track.indicators)
    lines = [
        f"# ── 赛道：{track.name} " + "─" * 40,
        *([] if breadth else _NO_BREADTH),
        "[[track]]",
        f'name = "{track.name}"',
        f'worker_kind = "{track.worker_kind}"             # 网格员类别',
        f'level = "{track.level}"                   # 他们任职的网格层级',
        f"subtree = {'true' if track.subtree else 'false'}          # 所辖下级网格的事是否也算他的",
        f"capacity = {track.capacity}           # 每月可承担次数，负荷比的分母（本人另有从本人）",
        "",
        "[track.floors]                   # 每个板块的底线分：低于底线的排在后面，不能用别的板块补",
        floors,
        "",
    ]
    body = [_indicator(indicator) for indicator in track.indicators]
    expected = "\n" + _expected(track.expected) if breadth else ""
    return "\n".join(lines) + "\n" + "\n".join(body) + expected


def _indicator(indicator: Indicator) -> str:
    measure = INDICATORS[indicator.code]
    lines = [
        "[[track.indicator]]",
        f'code = "{indicator.code}"',
        f'name = "{indicator.name}"'
        f"       # {measure.numerator_zh}" + _exposure(measure.exposure_zh, measure.kind),
        f'group = "{indicator.group}"',
        f"weight = {_points(indicator.weight)}",
        f"floor = {_number(indicator.floor)}                     # 到这里得 60 分",
        f"goal = {_number(indicator.goal)}                      # 到这里得 100 分",
    ]
    if indicator.kind == "rate":
        prior = indicator.priors[0]
        lines.append(
            f"prior = [{_number(prior.a)}, {_number(prior.b)}]"
            f"         # 相当于先给每人 {_number(round(prior.a + prior.b, 1))} 次、"
            f"做到 {prior.a / (prior.a + prior.b):.1%}"
        )
    elif indicator.kind == "breadth":
        lines += [
            f"# 以下各五个数，依次为{'、'.join(PILLARS)}",
            f"prior_shape = {_numbers([prior.a for prior in indicator.priors])}",
            f"prior_rate = {_numbers([prior.b for prior in indicator.priors])}",
            f"full_at = {_numbers(indicator.goals)}   # 实际 ÷ 应有 到此倍数，该类算满",
        ]
    if indicator.cap is not None:
        lines.append(f"cap = {_number(indicator.cap)}                      # 超过的不再加")
    if indicator.pool_below:
        lines.append(
            f"pool_below = {indicator.pool_below}               # 本人不足此数时，用所在一般网格的"
        )
    return "\n".join(lines) + "\n"


def _exposure(text: str, kind: str) -> str:
    return " 的平均" if kind == "rated" else f" ÷ {text}"


def _expected(expected: Expected) -> str:
    lines = [
        "[track.expected]                 # 每千户·月应有的活动场次，依次为" + "、".join(PILLARS),
        f"other = {_numbers(expected.other)}   # 下面没有列出的网格类型",
        "months = " + _numbers(expected.months) + "   # 一月到十二月的倍数",
    ]
    if expected.rates:
        lines.append("[track.expected.kinds]")
        lines += [f'"{kind}" = {_numbers(rates)}' for kind, rates in expected.rates.items()]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return f"{value:.10g}"


def _numbers(values: tuple[float, ...] | list[float]) -> str:
    return "[" + ", ".join(_number(value) for value in values) + "]"


def _points(hundredths: int) -> str:
    return _number(hundredths / 100)


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(f'"{value}"' for value in values)
