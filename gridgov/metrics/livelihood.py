"""民生在网格: livelihood."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["LIVELIHOOD"]

_ACTIVITY = ("type", "pillar")

LIVELIHOOD = (
    Metric(
        code="ML1",
        pillar="民生",
        zh="年审协助及时率",
        en="Pension re-certification help on time",
        definition_zh="事由为年审协助的走访，到期日落在期内的，在到期日当天或之前办好的比重。",
        definition_en=(
            "Among visits to help with pension re-certification whose expiry lies in the period, "
            "the share helped by then."
        ),
        numerator_zh="到期前办好的",
        numerator_en="helped before expiry",
        denominator_zh="到期的",
        denominator_en="due",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="visit",
        dimensions=("person_category", "mode", "worker"),
    ),
    Metric(
        code="ML2",
        pillar="民生",
        zh="上门认证数",
        en="Home certifications",
        definition_zh="事由为年审协助、方式为上门的走访次数。",
        definition_en="Visits in person to help with pension re-certification.",
        numerator_zh="上门年审协助的走访",
        numerator_en="visits in person",
        denominator_zh="—",
        denominator_en="—",
        unit="次",
        unit_en="visits",
        direction="context",
        kind="count",
        source="visit",
        denominator="none",
        dimensions=("person_category", "worker"),
        min_n=0,
    ),
    Metric(
        code="ML3",
        pillar="民生",
        zh="邻里日履约率",
        en="Neighbour-day delivery",
        definition_zh="办了邻里日的月份占月份的比重；未过完的月份也算一个月，并标明未满。",
        definition_en=(
            "Months in which a neighbour day was held, over months; an unfinished month counts "
            "and is marked."
        ),
        numerator_zh="办了邻里日的月份",
        numerator_en="months in which it was held",
        denominator_zh="月份",
        denominator_en="months",
        unit="%",
        unit_en="%",
        direction="up",
        kind="distinct",
        source="item",
        denominator="months",
        grains=MONTHS_UP,
        min_n=1,
    ),
    Metric(
        code="ML4",
        pillar="民生",
        zh="邻里日轮转率",
        en="Neighbour-day rotation",
        definition_zh=(
            "期内办过邻里日的一般网格（含其微网格）占一般网格的比重；社区一级办的不记到网格。"
        ),
        definition_en=(
            "General grids (with their micro-grids) that hosted a neighbour day, over general "
            "grids; one hosted by the community as such counts for no grid."
        ),
        numerator_zh="办过邻里日的一般网格",
        numerator_en="general grids that hosted",
        denominator_zh="一般网格数",
        denominator_en="general grids",
        unit="%",
        unit_en="%",
        direction="up",
        kind="distinct",
        source="item",
        denominator="base_grids",
        grains=MONTHS_UP,
        min_n=1,
    ),
    Metric(
        code="ML5",
        pillar="民生",
        zh="义务服务项次",
        en="Free services given",
        definition_zh="义缝、义剪、义磨、义修、义诊等义务服务活动的服务项次之和。",
        definition_en="Services given at free-service events.",
        numerator_zh="义务服务项次",
        numerator_en="services given",
        denominator_zh="—",
        denominator_en="—",
        unit="项次",
        unit_en="services",
        direction="context",
        kind="count",
        source="activity",
        denominator="none",
        dimensions=_ACTIVITY,
        min_n=0,
    ),
    Metric(
        code="ML6",
        pillar="民生",
        zh="招聘意向率",
        en="Job-fair intent rate",
        definition_zh="招聘会达成意向的人数除以参与人次；两者都填了的招聘会才计入。",
        definition_en="Intents over attendances at job fairs that state both.",
        numerator_zh="达成意向的人数",
        numerator_en="intents",
        denominator_zh="招聘会参与人次",
        denominator_en="attendances at job fairs",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="activity",
        dimensions=_ACTIVITY,
    ),
)
