"""发展在网格: development."""

from gridgov.metrics.metric import Metric

__all__ = ["DEVELOPMENT"]

DEVELOPMENT = (
    Metric(
        code="DV1",
        pillar="发展",
        zh="商铺联系率",
        en="Shop contact rate",
        definition_zh=(
            "期内走访过的不同商铺（对象类别为商户的走访地点）除以商铺数（期内各月底数的平均）。"
        ),
        definition_en=(
            "Distinct shops visited (visits of the kind shop) over shops (average of the months)."
        ),
        numerator_zh="走访过的不同商铺",
        numerator_en="distinct shops visited",
        denominator_zh="商铺数",
        denominator_en="shops",
        unit="%",
        unit_en="%",
        direction="context",
        kind="reach",
        source="reach",
        denominator="shops",
    ),
    Metric(
        code="DV2",
        pillar="发展",
        zh="商户诉求解决率",
        en="Merchant complaints resolved",
        definition_zh="来源为商户、期内办结且写明是否解决的诉求中，已解决的比重。",
        definition_en=(
            "Among complaints from merchants closed in the period with a known outcome, the "
            "share resolved."
        ),
        numerator_zh="已解决的",
        numerator_en="resolved",
        denominator_zh="办结且写明结果的商户诉求",
        denominator_en="closed with a known outcome",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=("category", "nature", "worker"),
        selects_by=("source",),
    ),
    Metric(
        code="DV3",
        pillar="发展",
        zh="经营点利用率",
        en="Market-stall use",
        definition_zh="经营点活动平均使用的摊位数除以可用摊位 200 个；填了服务项次的活动才计入。",
        definition_en=(
            "Mean stalls used at market events over the 200 available; events that state it."
        ),
        numerator_zh="使用的摊位",
        numerator_en="stalls used",
        denominator_zh="200 × 场次",
        denominator_en="200 × events",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="activity",
    ),
    Metric(
        code="DV4",
        pillar="发展",
        zh="占道经营诉求率",
        en="Street-vending complaints",
        definition_zh="类别为市容占道的诉求数，每千名居民（期内各月底数的平均）。",
        definition_en=(
            "Complaints of the category street vending per 1,000 residents (average of the months)."
        ),
        numerator_zh="占道经营诉求",
        numerator_en="street-vending complaints",
        denominator_zh="居民数",
        denominator_en="residents",
        unit="件/千人",
        unit_en="per 1,000",
        direction="down",
        kind="rate",
        source="complaint",
        denominator="residents",
        dimensions=("source", "nature"),
        scale=1000,
        selects_by=("category",),
    ),
)
