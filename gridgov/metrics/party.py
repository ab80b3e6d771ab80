"""党建在网格: party building."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["PARTY"]

PARTY = (
    Metric(
        code="PB1",
        pillar="党建",
        zh="党组织覆盖率",
        en="Party organisation coverage",
        definition_zh=(
            "有党组织的网格占网格的比重，按期末有效的总网格、一般网格、微网格和专属网格计；没有填"
            "写是否有党组织的网格不计入。"
        ),
        definition_en=(
            "Share of the grids valid at the end of the period (main, general, micro, special) "
            "that have a party organisation; grids for which this is not stated are left out."
        ),
        numerator_zh="有党组织的网格",
        numerator_en="grids with a party organisation",
        denominator_zh="填写了是否有党组织的网格",
        denominator_en="grids for which it is stated",
        unit="%",
        unit_en="%",
        direction="up",
        kind="as_of",
        source="grid",
        min_n=1,
    ),
    Metric(
        code="PB2",
        pillar="党建",
        zh="五微覆盖度",
        en="Five-micro breadth",
        definition_zh=(
            "一个季度内办过微组织、微课堂、微站点、微项目、微公益中的几种，除以 5；跨几个季度的按"
            "季度累计。"
        ),
        definition_en=(
            "How many of the five micro kinds (organisation, class, station, project, charity) "
            "were held in a quarter, over 5; several quarters add up."
        ),
        numerator_zh="各季度办过的五微种数之和",
        numerator_en="kinds held, summed over quarters",
        denominator_zh="5 × 季度数",
        denominator_en="5 × quarters",
        unit="%",
        unit_en="%",
        direction="up",
        kind="distinct",
        source="item",
        denominator="micro_quarters",
        grains=("quarter", "half", "year"),
        min_n=1,
    ),
    Metric(
        code="PB3",
        pillar="党建",
        zh="共建单位数",
        en="Partner organisations",
        definition_zh="期内参与活动的不同共建单位个数；同一单位只计一次。",
        definition_en=(
            "Distinct partner organisations that took part in activities; each counts once."
        ),
        numerator_zh="不同的共建单位",
        numerator_en="distinct partners",
        denominator_zh="—",
        denominator_en="—",
        unit="个",
        unit_en="partners",
        direction="context",
        kind="distinct",
        source="item",
        denominator="none",
        dimensions=("pillar",),
        min_n=0,
    ),
    Metric(
        code="PB4",
        pillar="党建",
        zh="四讲均衡度",
        en="Lecture speaker balance",
        definition_zh=(
            "格格讲堂由书记、居民、物业、格格四类人主讲的均衡程度：场次占比的信息熵除以 ln 4；四"
            "类一样多为 100%，只有一类为 0。"
        ),
        definition_en=(
            "Evenness of lectures over four kinds of speaker (party secretary, resident, "
            "property manager, grid worker): entropy of their shares over ln 4; 100 % when all "
            "four are equal, 0 when there is only one."
        ),
        numerator_zh="主讲类型占比的信息熵",
        numerator_en="entropy of the speakers' shares",
        denominator_zh="ln 4",
        denominator_en="ln 4",
        unit="%",
        unit_en="%",
        direction="up",
        kind="entropy",
        source="item",
        grains=MONTHS_UP,
        min_n=4,
    ),
    Metric(
        code="PB5",
        pillar="党建",
        zh="微党课场次",
        en="Party lessons per grid",
        definition_zh="微党课场次除以一般网格数（期内各月末的平均数）。",
        definition_en=(
            "Party lessons held, over the number of general grids (average of the month ends)."
        ),
        numerator_zh="微党课场次",
        numerator_en="party lessons",
        denominator_zh="一般网格数",
        denominator_en="general grids",
        unit="场",
        unit_en="lessons",
        direction="context",
        kind="rate",
        source="activity",
        denominator="base_grids",
        min_n=1,
    ),
)
