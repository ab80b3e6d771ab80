"""诉求: complaints, under every pillar."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["COMPLAINTS"]

_ALL = ("category", "source", "nature", "worker")

COMPLAINTS = (
    Metric(
        code="C1",
        pillar="诉求",
        zh="千人诉求量",
        en="Complaints per 1,000 residents",
        definition_zh=(
            "期内受理的诉求数，每千名居民（期内各月底数的平均）。只作背景：拿它评分会压着群众不报。"
        ),
        definition_en=(
            "Complaints received per 1,000 residents (average of the months). Context: scoring "
            "it would suppress reporting."
        ),
        numerator_zh="受理的诉求",
        numerator_en="complaints received",
        denominator_zh="居民数",
        denominator_en="residents",
        unit="件/千人",
        unit_en="per 1,000",
        direction="context",
        kind="rate",
        source="complaint",
        denominator="residents",
        dimensions=("category", "source", "nature"),
        scale=1000,
    ),
    Metric(
        code="C2",
        pillar="诉求",
        zh="24小时响应率",
        en="First contact within 24 h",
        definition_zh="受理后 24 小时内联系群众的比重；受理未满 24 小时又未联系的暂不计入。",
        definition_en=(
            "Share contacted within 24 hours of receipt; a case younger than that and not yet "
            "contacted is left out."
        ),
        numerator_zh="24 小时内联系的",
        numerator_en="contacted within 24 h",
        denominator_zh="受理的诉求",
        denominator_en="received",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C3",
        pillar="诉求",
        zh="按期办结率",
        en="Closed on time",
        definition_zh=(
            "期限落在期内的诉求中，在期限之前办结的比重。工单没有期限的按类别的办理期限推算，按工"
            "作日的跳过周末和法定节假日。"
        ),
        definition_en=(
            "Among complaints whose deadline lies in the period, the share closed by it. Without "
            "a stated deadline that of the category holds, in working days where it says so."
        ),
        numerator_zh="按期办结的",
        numerator_en="closed by the due date",
        denominator_zh="到期的",
        denominator_en="due in the period",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C4",
        pillar="诉求",
        zh="办结率",
        en="Closure rate",
        definition_zh=(
            "期限落在期内的诉求中，到数据日期已办结的比重（含逾期办结）。办结不等于解决，须与解决"
            "率一并看。"
        ),
        definition_en=(
            "Among complaints whose deadline lies in the period, the share closed by the data "
            "date, late or not. Closed is not resolved: read beside C5."
        ),
        numerator_zh="已办结的",
        numerator_en="closed",
        denominator_zh="到期的",
        denominator_en="due in the period",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C5",
        pillar="诉求",
        zh="解决率",
        en="Resolved rate",
        definition_zh="期内办结、回访接通并答了是否解决的诉求中，已解决的比重。",
        definition_en=(
            "Among complaints closed in the period whose call-back was answered, the share "
            "resolved."
        ),
        numerator_zh="已解决的",
        numerator_en="resolved",
        denominator_zh="回访接通并作答的",
        denominator_en="answered call-backs",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C6",
        pillar="诉求",
        zh="满意率",
        en="Satisfied rate",
        definition_zh=(
            "期内办结、回访接通并答了满意度的诉求中，满意的比重。少于 30 件的网格另给出向上级网格"
            "收缩后的值。"
        ),
        definition_en=(
            "Among complaints closed in the period whose call-back was answered, the share "
            "satisfied. Grids with fewer than 30 also get a value shrunk towards their parent "
            "grid."
        ),
        numerator_zh="满意的",
        numerator_en="satisfied",
        denominator_zh="回访接通并作答的",
        denominator_en="answered call-backs",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
        is_shrunk=True,
    ),
    Metric(
        code="C7",
        pillar="诉求",
        zh="回访率",
        en="Call-back answer rate",
        definition_zh="期内办结并回访的诉求中，接通的比重。",
        definition_en=(
            "Among complaints closed in the period and called back, the share answered."
        ),
        numerator_zh="接通的",
        numerator_en="answered",
        denominator_zh="回访的",
        denominator_en="called",
        unit="%",
        unit_en="%",
        direction="context",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C8",
        pillar="诉求",
        zh="重办率",
        en="Rework rate",
        definition_zh="期内办结的诉求中，重办过至少一次的比重；没有填重办次数的按 0 次。",
        definition_en=(
            "Among complaints closed in the period, the share reopened at least once; an empty "
            "count means none."
        ),
        numerator_zh="重办过的",
        numerator_en="reopened",
        denominator_zh="办结的",
        denominator_en="closed",
        unit="%",
        unit_en="%",
        direction="down",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C9",
        pillar="诉求",
        zh="重复诉求率",
        en="Repeat rate",
        definition_zh="期内受理的诉求中，同一户 30 天内就同一类别再次反映的比重。",
        definition_en=(
            "Share of complaints received that the same household raised in the same category "
            "within the 30 days before."
        ),
        numerator_zh="重复的",
        numerator_en="repeats",
        denominator_zh="受理的诉求",
        denominator_en="complaints received",
        unit="%",
        unit_en="%",
        direction="down",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C10",
        pillar="诉求",
        zh="办理时长",
        en="Handling time",
        definition_zh=(
            "期内受理的诉求从受理到办结的时长：办结一半（P50）和九成（P90）所用的小时数，未办结的"
            "按截尾处理（Kaplan-Meier），精确到小时。受理的同一秒办结的照算，并单列件数。未能办到"
            "一半或九成时为空。"
        ),
        definition_en=(
            "Hours from receipt to closing for complaints received in the period: the time by "
            "which half (P50) and nine tenths (P90) are closed, open cases censored "
            "(Kaplan-Meier), to the hour. Cases closed in the second they were opened are "
            "counted and shown apart. Empty where the curve does not get there."
        ),
        numerator_zh="已办结的",
        numerator_en="closed",
        denominator_zh="受理的诉求",
        denominator_en="received",
        unit="小时",
        unit_en="hours",
        direction="down",
        kind="quantile",
        source="case",
        dimensions=("category", "source", "nature"),
        grains=MONTHS_UP,
    ),
    Metric(
        code="C11",
        pillar="诉求",
        zh="未诉先办占比",
        en="Found before reported",
        definition_zh="期内受理并写明发现方式的诉求中，网格员主动发现的比重。",
        definition_en=(
            "Among complaints received that say how they were found, the share that a grid "
            "worker found."
        ),
        numerator_zh="网格员发现的",
        numerator_en="found by a worker",
        denominator_zh="写明发现方式的",
        denominator_en="with a known origin",
        unit="%",
        unit_en="%",
        direction="context",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C12",
        pillar="诉求",
        zh="网格内化解率",
        en="Settled inside the grid",
        definition_zh="期内办结并写明办结层级的诉求中，在网格内办结的比重。",
        definition_en=(
            "Among complaints closed in the period with a known level, the share settled inside "
            "the grid."
        ),
        numerator_zh="在网格内办结的",
        numerator_en="settled inside the grid",
        denominator_zh="写明办结层级的",
        denominator_en="closed with a known level",
        unit="%",
        unit_en="%",
        direction="up",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
    Metric(
        code="C13",
        pillar="诉求",
        zh="超期在办数",
        en="Overdue and open",
        definition_zh="期末当天期限已到而没有办结的诉求数。",
        definition_en="Complaints past their deadline and not closed at the end of the period.",
        numerator_zh="超期未办结的",
        numerator_en="overdue and open",
        denominator_zh="—",
        denominator_en="—",
        unit="件",
        unit_en="cases",
        direction="down",
        kind="stock",
        source="stock",
        denominator="none",
        dimensions=("category",),
        min_n=0,
    ),
    Metric(
        code="C14",
        pillar="诉求",
        zh="权责外占比",
        en="Outside our authority",
        definition_zh=(
            "期内受理、权责内外已明的诉求中，不属本级权责的比重；这些不计入任何格格的得分。"
        ),
        definition_en=(
            "Among complaints received whose scope is known, the share outside our authority; "
            "left out of every score."
        ),
        numerator_zh="权责外的",
        numerator_en="out of scope",
        denominator_zh="权责内外已明的",
        denominator_en="with a known scope",
        unit="%",
        unit_en="%",
        direction="context",
        kind="ratio",
        source="complaint",
        dimensions=_ALL,
    ),
)
