"""服务在网格: service."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["SERVICE"]

_VISIT = ("person_category", "mode", "tier", "worker")
_CONTACT = ("tier", "person_category", "worker")

SERVICE = (
    Metric(
        code="SV1",
        pillar="服务",
        zh="重点人员按期探访率",
        en="On-schedule contact of key persons",
        definition_zh=(
            "每名重点人员按频次（每周、每月、每季）每过完一个自然周期应联系一次；周期内至少联系一"
            "次即为按期。周期记在它结束的那天；没有整周期在册的、还没过完的周期不计；写明没有见到"
            "人的不算联系。"
        ),
        definition_en=(
            "Each key person is due one contact in every calendar week, month or quarter by "
            "tier. A period counts on the day it ends, if the person was listed throughout; a "
            "visit recorded as not having met anyone is no contact."
        ),
        numerator_zh="按期联系到的人次",
        numerator_en="made",
        denominator_zh="应联系人次",
        denominator_en="contacts due",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="contact",
        dimensions=_CONTACT,
    ),
    Metric(
        code="SV2",
        pillar="服务",
        zh="逾期未访人数",
        en="Key persons overdue",
        definition_zh=(
            "期末当天，最近一次联系（从未联系的自列入起）距今超过 7 天（每周）、31 天（每月）、"
            "92 天（每季）的重点人员数。"
        ),
        definition_en=(
            "Key persons whose last contact (or, with none, whose listing) is more than 7, 31 or "
            "92 days ago by tier, as of the end of the period."
        ),
        numerator_zh="逾期未访的重点人员",
        numerator_en="key persons overdue",
        denominator_zh="—",
        denominator_en="—",
        unit="人",
        unit_en="persons",
        direction="down",
        kind="stock",
        source="stock",
        denominator="none",
        dimensions=("tier",),
        min_n=0,
    ),
    Metric(
        code="SV3",
        pillar="服务",
        zh="入户覆盖率",
        en="Household coverage",
        definition_zh=(
            "期内走访过的不同户数除以户数（期内各月底数的平均）。反映覆盖面，不作评分。"
        ),
        definition_en=(
            "Distinct households visited over households (average of the months). Context, never "
            "scored."
        ),
        numerator_zh="走访过的不同户",
        numerator_en="distinct households visited",
        denominator_zh="户数",
        denominator_en="households",
        unit="%",
        unit_en="%",
        direction="context",
        kind="reach",
        source="reach",
        denominator="households",
    ),
    Metric(
        code="SV4",
        pillar="服务",
        zh="见面率",
        en="Met rate",
        definition_zh="见到人的走访占写明是否见面的走访的比重。",
        definition_en="Share of visits that met someone, among those that say whether they did.",
        numerator_zh="见到人的走访",
        numerator_en="visits that met someone",
        denominator_zh="写明是否见面的走访",
        denominator_en="visits that say so",
        unit="%",
        unit_en="%",
        direction="context",
        kind="ratio",
        source="visit",
        dimensions=_VISIT,
    ),
    Metric(
        code="SV5",
        pillar="服务",
        zh="需求发现率",
        en="Need-finding rate",
        definition_zh="记录了群众需求的走访占全部走访的比重。",
        definition_en="Share of visits that recorded a need.",
        numerator_zh="记录了需求的走访",
        numerator_en="visits that recorded a need",
        denominator_zh="走访",
        denominator_en="visits",
        unit="%",
        unit_en="%",
        direction="context",
        kind="ratio",
        source="visit",
        dimensions=_VISIT,
    ),
    Metric(
        code="SV6",
        pillar="服务",
        zh="需求闭环率",
        en="Needs closed on time",
        definition_zh="期限落在期内的需求中，在期限当天或之前办结的比重。",
        definition_en=(
            "Share of the needs whose due date lies in the period that were closed on or before it."
        ),
        numerator_zh="按期办结的需求",
        numerator_en="needs closed by their due date",
        denominator_zh="到期的需求",
        denominator_en="needs due",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="visit",
        dimensions=_VISIT,
    ),
    Metric(
        code="SV7",
        pillar="服务",
        zh="高风险上门占比",
        en="In-person share, weekly tier",
        definition_zh="每周联系的重点人员的联系中，上门的比重；写明没有见到人的不算联系。",
        definition_en=(
            "Share of in-person contacts among the contacts with persons of the weekly tier."
        ),
        numerator_zh="上门联系",
        numerator_en="in-person contacts",
        denominator_zh="每周联系对象的联系",
        denominator_en="contacts of the weekly tier",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="visit",
        dimensions=("person_category", "mode", "worker"),
    ),
    Metric(
        code="SV8",
        pillar="服务",
        zh="任务负荷比",
        en="Load ratio",
        definition_zh=(
            "期内过完的应联系人·周期除以在岗格格可承担的联系次数（按在岗天数折算；未填承载量的，"
            "一般网格员每月 80 次、微网格员每月 20 次）。大于 1 说明任务超过人手。看人、看网格的"
            "得分时须一并看它。"
        ),
        definition_en=(
            "Person-periods due over the contacts that the workers in post can make (by days in "
            "post; where no capacity is given, 80 a month for general and 20 for micro-grid "
            "workers). Above 1 the work exceeds the hands."
        ),
        numerator_zh="应联系人次",
        numerator_en="contacts due",
        denominator_zh="可承担的联系次数",
        denominator_en="capacity in contacts",
        unit="%",
        unit_en="%",
        direction="down",
        kind="rate",
        source="contact",
        denominator="capacity",
        grains=MONTHS_UP,
    ),
    Metric(
        code="SV9",
        pillar="服务",
        zh="补录率",
        en="Late-entry rate",
        definition_zh="走访发生超过 72 小时才录入的，占有录入时间的走访的比重。",
        definition_en=(
            "Share of visits entered more than 72 hours after they happened, among those with an "
            "entry time."
        ),
        numerator_zh="超过 72 小时录入的走访",
        numerator_en="visits entered after 72 h",
        denominator_zh="有录入时间的走访",
        denominator_en="visits with an entry time",
        unit="%",
        unit_en="%",
        direction="down",
        kind="ratio",
        source="visit",
        dimensions=_VISIT,
    ),
    Metric(
        code="SV10",
        pillar="服务",
        zh="待复核率",
        en="Review-flag rate",
        definition_zh=(
            "有待复核情形（重复或雷同、集中补录、时间可疑、与诉求或空置不符）的走访占全部走访的比"
            "重。只用来提示复核，不作扣分。"
        ),
        definition_en=(
            "Share of visits that a review flag points at (repeats, batches, odd times, "
            "contradictions). It opens a review and is never a penalty."
        ),
        numerator_zh="待复核的走访",
        numerator_en="flagged visits",
        denominator_zh="走访",
        denominator_en="visits",
        unit="%",
        unit_en="%",
        direction="context",
        kind="ratio",
        source="visit",
        dimensions=_VISIT,
    ),
)
