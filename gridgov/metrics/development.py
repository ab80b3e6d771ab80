"""发展在网格: development."""

from gridgov.metrics.metric import Metric

__all__ = ["DEVELOPMENT"]

DEVELOPMENT = (
    Metric(
        "DV1", "发展", "商铺联系率", "Shop contact rate",
        "期内走访过的不同商铺（对象类别为商户的走访地点）除以商铺数（期内各月底数的平均）。",
        "Distinct shops visited (visits of the kind shop) over shops (average of the months).",
        "走访过的不同商铺", "distinct shops visited", "商铺数", "shops",
        "%", "%", "context", "reach", "reach", denominator="shops",
    ),
    Metric(
        "DV2", "发展", "商户诉求解决率", "Merchant complaints resolved",
        "来源为商户、期内办结且写明是否解决的诉求中，已解决的比重。",
        "Among complaints from merchants closed in the period with a known outcome, the share resolved.",
        "已解决的", "resolved", "办结且写明结果的商户诉求", "closed with a known outcome",
        "%", "%", "up", "ratio", "complaint", dimensions=("category", "nature", "worker"), selects_by=("source",),
    ),
    Metric(
        "DV3", "发展", "经营点利用率", "Market-stall use",
        "经营点活动平均使用的摊位数除以可用摊位 200 个；填了服务项次的活动才计入。",
        "Mean stalls used at market events over the 200 available; events that state it.",
        "使用的摊位", "stalls used", "200 × 场次", "200 × events",
        "%", "%", "up", "ratio", "activity",
    ),
    Metric(
        "DV4", "发展", "占道经营诉求率", "Street-vending complaints",
        "类别为市容占道的诉求数，每千名居民（期内各月底数的平均）。",
        "Complaints of the category street vending per 1,000 residents (average of the months).",
        "占道经营诉求", "street-vending complaints", "居民数", "residents",
        "件/千人", "per 1,000", "down", "rate", "complaint", denominator="residents",
        dimensions=("source", "nature"), scale=1000, selects_by=("category",),
    ),
)  # fmt: skip
