"""民生在网格: livelihood."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["LIVELIHOOD"]

_ACTIVITY = ("type", "pillar")

LIVELIHOOD = (
    Metric(
        "ML1", "民生", "年审协助及时率", "Pension re-certification help on time",
        "事由为年审协助的走访，到期日落在期内的，在到期日当天或之前办好的比重。",
        "Among visits to help with pension re-certification whose expiry lies in the period, the share helped by then.",
        "到期前办好的", "helped before expiry", "到期的", "due",
        "%", "%", "up", "ratio", "visit", dimensions=("person_category", "mode", "worker"),
    ),
    Metric(
        "ML2", "民生", "上门认证数", "Home certifications",
        "事由为年审协助、方式为上门的走访次数。", "Visits in person to help with pension re-certification.",
        "上门年审协助的走访", "visits in person", "—", "—", "次", "visits", "context", "count", "visit",
        denominator="none", dimensions=("person_category", "worker"), min_n=0,
    ),
    Metric(
        "ML3", "民生", "邻里日履约率", "Neighbour-day delivery",
        "办了邻里日的月份占月份的比重；未过完的月份也算一个月，并标明未满。",
        "Months in which a neighbour day was held, over months; an unfinished month counts and is marked.",
        "办了邻里日的月份", "months in which it was held", "月份", "months",
        "%", "%", "up", "distinct", "item", denominator="months", grains=MONTHS_UP, min_n=1,
    ),
    Metric(
        "ML4", "民生", "邻里日轮转率", "Neighbour-day rotation",
        "期内办过邻里日的一般网格（含其微网格）占一般网格的比重；社区一级办的不记到网格。",
        "General grids (with their micro-grids) that hosted a neighbour day, over general grids; one hosted by "
        "the community as such counts for no grid.",
        "办过邻里日的一般网格", "general grids that hosted", "一般网格数", "general grids",
        "%", "%", "up", "distinct", "item", denominator="base_grids", grains=MONTHS_UP, min_n=1,
    ),
    Metric(
        "ML5", "民生", "义务服务项次", "Free services given",
        "义缝、义剪、义磨、义修、义诊等义务服务活动的服务项次之和。", "Services given at free-service events.",
        "义务服务项次", "services given", "—", "—", "项次", "services", "context", "count", "activity",
        denominator="none", dimensions=_ACTIVITY, min_n=0,
    ),
    Metric(
        "ML6", "民生", "招聘意向率", "Job-fair intent rate",
        "招聘会达成意向的人数除以参与人次；两者都填了的招聘会才计入。",
        "Intents over attendances at job fairs that state both.",
        "达成意向的人数", "intents", "招聘会参与人次", "attendances at job fairs",
        "%", "%", "up", "ratio", "activity", dimensions=_ACTIVITY,
    ),
)  # fmt: skip
