"""党建在网格: party building."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["PARTY"]

PARTY = (
    Metric(
        "PB1", "党建", "党组织覆盖率", "Party organisation coverage",
        "有党组织的网格占网格的比重，按期末有效的总网格、一般网格、微网格和专属网格计；没有填写是否有党组织的网格不计入。",
        "Share of the grids valid at the end of the period (main, general, micro, special) that have a party "
        "organisation; grids for which this is not stated are left out.",
        "有党组织的网格", "grids with a party organisation", "填写了是否有党组织的网格", "grids for which it is stated",
        "%", "%", "up", "as_of", "grid", min_n=1,
    ),
    Metric(
        "PB2", "党建", "五微覆盖度", "Five-micro breadth",
        "一个季度内办过微组织、微课堂、微站点、微项目、微公益中的几种，除以 5；跨几个季度的按季度累计。",
        "How many of the five micro kinds (organisation, class, station, project, charity) were held in a quarter, "
        "over 5; several quarters add up.",
        "各季度办过的五微种数之和", "kinds held, summed over quarters", "5 × 季度数", "5 × quarters",
        "%", "%", "up", "distinct", "item", denominator="micro_quarters",
        grains=("quarter", "half", "year"), min_n=1,
    ),
    Metric(
        "PB3", "党建", "共建单位数", "Partner organisations",
        "期内参与活动的不同共建单位个数；同一单位只计一次。",
        "Distinct partner organisations that took part in activities; each counts once.",
        "不同的共建单位", "distinct partners", "—", "—", "个", "partners", "context", "distinct", "item",
        denominator="none", dimensions=("pillar",), min_n=0,
    ),
    Metric(
        "PB4", "党建", "四讲均衡度", "Lecture speaker balance",
        "格格讲堂由书记、居民、物业、格格四类人主讲的均衡程度：场次占比的信息熵除以 ln 4；四类一样多为 100%，只有一类为 0。",
        "Evenness of lectures over four kinds of speaker (party secretary, resident, property manager, grid worker): "
        "entropy of their shares over ln 4; 100 % when all four are equal, 0 when there is only one.",
        "主讲类型占比的信息熵", "entropy of the speakers' shares", "ln 4", "ln 4",
        "%", "%", "up", "entropy", "item", grains=MONTHS_UP, min_n=4,
    ),
    Metric(
        "PB5", "党建", "微党课场次", "Party lessons per grid",
        "微党课场次除以一般网格数（期内各月末的平均数）。",
        "Party lessons held, over the number of general grids (average of the month ends).",
        "微党课场次", "party lessons", "一般网格数", "general grids",
        "场", "lessons", "context", "rate", "activity", denominator="base_grids", min_n=1,
    ),
)  # fmt: skip
