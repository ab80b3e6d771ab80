"""服务在网格: service."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["SERVICE"]

_VISIT = ("person_category", "mode", "tier", "worker")
_CONTACT = ("tier", "person_category", "worker")

SERVICE = (
    Metric(
        "SV1", "服务", "重点人员按期探访率", "On-schedule contact of key persons",
        "每名重点人员按频次（每周、每月、每季）每过完一个自然周期应联系一次；周期内至少联系一次即为按期。周期记在它结束的那天；"
        "没有整周期在册的、还没过完的周期不计；写明没有见到人的不算联系。",
        "Each key person is due one contact in every calendar week, month or quarter by tier. A period counts on the day "
        "it ends, if the person was listed throughout; a visit recorded as not having met anyone is no contact.",
        "至少联系一次的人·周期", "person-periods with a contact", "应联系的人·周期", "person-periods due",
        "%", "%", "up", "ratio", "contact", dimensions=_CONTACT,
    ),
    Metric(
        "SV2", "服务", "逾期未访人数", "Key persons overdue",
        "期末当天，最近一次联系（从未联系的自列入起）距今超过 7 天（每周）、31 天（每月）、92 天（每季）的重点人员数。",
        "Key persons whose last contact (or, with none, whose listing) is more than 7, 31 or 92 days ago by tier, "
        "as of the end of the period.",
        "逾期未访的重点人员", "key persons overdue", "—", "—", "人", "persons", "down", "stock", "stock",
        denominator="none", dimensions=("tier",), min_n=0,
    ),
    Metric(
        "SV3", "服务", "入户覆盖率", "Household coverage",
        "期内走访过的不同户数除以户数（期内各月底数的平均）。反映覆盖面，不作评分。",
        "Distinct households visited over households (average of the months). Context, never scored.",
        "走访过的不同户", "distinct households visited", "户数", "households",
        "%", "%", "context", "reach", "reach", denominator="households",
    ),
    Metric(
        "SV4", "服务", "见面率", "Met rate",
        "见到人的走访占写明是否见面的走访的比重。",
        "Share of visits that met someone, among those that say whether they did.",
        "见到人的走访", "visits that met someone", "写明是否见面的走访", "visits that say so",
        "%", "%", "context", "ratio", "visit", dimensions=_VISIT,
    ),
    Metric(
        "SV5", "服务", "需求发现率", "Need-finding rate",
        "记录了群众需求的走访占全部走访的比重。", "Share of visits that recorded a need.",
        "记录了需求的走访", "visits that recorded a need", "走访", "visits",
        "%", "%", "context", "ratio", "visit", dimensions=_VISIT,
    ),
    Metric(
        "SV6", "服务", "需求闭环率", "Needs closed on time",
        "期限落在期内的需求中，在期限当天或之前办结的比重。",
        "Share of the needs whose due date lies in the period that were closed on or before it.",
        "按期办结的需求", "needs closed by their due date", "到期的需求", "needs due",
        "%", "%", "up", "ratio", "visit", dimensions=_VISIT,
    ),
    Metric(
        "SV7", "服务", "高风险上门占比", "In-person share, weekly tier",
        "每周联系的重点人员的联系中，上门的比重；写明没有见到人的不算联系。",
        "Share of in-person contacts among the contacts with persons of the weekly tier.",
        "上门联系", "in-person contacts", "每周联系对象的联系", "contacts of the weekly tier",
        "%", "%", "up", "ratio", "visit", dimensions=("person_category", "mode", "worker"),
    ),
    Metric(
        "SV8", "服务", "任务负荷比", "Load ratio",
        "期内过完的应联系人·周期除以在岗格格可承担的联系次数（按在岗天数折算；未填承载量的，一般网格员每月 80 次、微网格员每月 20 次）。"
        "大于 1 说明任务超过人手。看人、看网格的得分时须一并看它。",
        "Person-periods due over the contacts that the workers in post can make (by days in post; where no capacity is "
        "given, 80 a month for general and 20 for micro-grid workers). Above 1 the work exceeds the hands.",
        "应联系的人·周期", "person-periods due", "可承担的联系次数", "capacity in contacts",
        "比值", "ratio", "down", "rate", "contact", denominator="capacity", grains=MONTHS_UP,
    ),
    Metric(
        "SV9", "服务", "补录率", "Late-entry rate",
        "走访发生超过 72 小时才录入的，占有录入时间的走访的比重。",
        "Share of visits entered more than 72 hours after they happened, among those with an entry time.",
        "超过 72 小时录入的走访", "visits entered after 72 h", "有录入时间的走访", "visits with an entry time",
        "%", "%", "down", "ratio", "visit", dimensions=_VISIT,
    ),
    Metric(
        "SV10", "服务", "待复核率", "Review-flag rate",
        "有待复核情形（重复或雷同、集中补录、时间可疑、与诉求或空置不符）的走访占全部走访的比重。只用来提示复核，不作扣分。",
        "Share of visits that a review flag points at (repeats, batches, odd times, contradictions). "
        "It opens a review and is never a penalty.",
        "待复核的走访", "flagged visits", "走访", "visits",
        "%", "%", "context", "ratio", "visit", dimensions=_VISIT,
    ),
)  # fmt: skip
