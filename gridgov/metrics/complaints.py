"""诉求: complaints, under every pillar."""

from gridgov.metrics.metric import MONTHS_UP, Metric

__all__ = ["COMPLAINTS"]

_ALL = ("category", "source", "nature", "worker")

COMPLAINTS = (
    Metric(
        "C1", "诉求", "千人诉求量", "Complaints per 1,000 residents",
        "期内受理的诉求数，每千名居民（期内各月底数的平均）。只作背景：拿它评分会压着群众不报。",
        "Complaints received per 1,000 residents (average of the months). Context: scoring it would suppress reporting.",
        "受理的诉求", "complaints received", "居民数", "residents",
        "件/千人", "per 1,000", "context", "rate", "complaint", denominator="residents",
        dimensions=("category", "source", "nature"), scale=1000,
    ),
    Metric(
        "C2", "诉求", "24小时响应率", "First contact within 24 h",
        "受理后 24 小时内联系群众的比重；受理未满 24 小时又未联系的暂不计入。",
        "Share contacted within 24 hours of receipt; a case younger than that and not yet contacted is left out.",
        "24 小时内联系的", "contacted within 24 h", "受理的诉求", "received",
        "%", "%", "up", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C3", "诉求", "按期办结率", "Closed on time",
        "期限落在期内的诉求中，在期限之前办结的比重。工单没有期限的按类别的办理期限推算，按工作日的跳过周末和法定节假日。",
        "Among complaints whose deadline lies in the period, the share closed by it. Without a stated deadline that of "
        "the category holds, in working days where it says so.",
        "按期办结的", "closed by the due date", "到期的", "due in the period",
        "%", "%", "up", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C4", "诉求", "办结率", "Closure rate",
        "期限落在期内的诉求中，到数据日期已办结的比重（含逾期办结）。办结不等于解决，须与解决率一并看。",
        "Among complaints whose deadline lies in the period, the share closed by the data date, late or not. "
        "Closed is not resolved: read beside C5.",
        "已办结的", "closed", "到期的", "due in the period",
        "%", "%", "up", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C5", "诉求", "解决率", "Resolved rate",
        "期内办结、回访接通并答了是否解决的诉求中，已解决的比重。",
        "Among complaints closed in the period whose call-back was answered, the share resolved.",
        "已解决的", "resolved", "回访接通并作答的", "answered call-backs",
        "%", "%", "up", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C6", "诉求", "满意率", "Satisfied rate",
        "期内办结、回访接通并答了满意度的诉求中，满意的比重。少于 30 件的网格另给出向上级网格收缩后的值。",
        "Among complaints closed in the period whose call-back was answered, the share satisfied. Grids with fewer "
        "than 30 also get a value shrunk towards their parent grid.",
        "满意的", "satisfied", "回访接通并作答的", "answered call-backs",
        "%", "%", "up", "ratio", "complaint", dimensions=_ALL, is_shrunk=True,
    ),
    Metric(
        "C7", "诉求", "回访率", "Call-back answer rate",
        "期内办结并回访的诉求中，接通的比重。", "Among complaints closed in the period and called back, the share answered.",
        "接通的", "answered", "回访的", "called",
        "%", "%", "context", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C8", "诉求", "重办率", "Rework rate",
        "期内办结的诉求中，重办过至少一次的比重；没有填重办次数的按 0 次。",
        "Among complaints closed in the period, the share reopened at least once; an empty count means none.",
        "重办过的", "reopened", "办结的", "closed",
        "%", "%", "down", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C9", "诉求", "重复诉求率", "Repeat rate",
        "期内受理的诉求中，同一户 30 天内就同一类别再次反映的比重。",
        "Share of complaints received that the same household raised in the same category within the 30 days before.",
        "重复的", "repeats", "受理的诉求", "complaints received",
        "%", "%", "down", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C10", "诉求", "办理时长", "Handling time",
        "期内受理的诉求从受理到办结的时长：办结一半（P50）和九成（P90）所用的小时数，未办结的按截尾处理（Kaplan-Meier），"
        "精确到小时。受理的同一秒办结的照算，并单列件数。未能办到一半或九成时为空。",
        "Hours from receipt to closing for complaints received in the period: the time by which half (P50) and nine "
        "tenths (P90) are closed, open cases censored (Kaplan-Meier), to the hour. Cases closed in the second they were "
        "opened are counted and shown apart. Empty where the curve does not get there.",
        "已办结的", "closed", "受理的诉求", "received",
        "小时", "hours", "down", "quantile", "case", grains=MONTHS_UP,
        dimensions=("category", "source", "nature"),
    ),
    Metric(
        "C11", "诉求", "未诉先办占比", "Found before reported",
        "期内受理并写明发现方式的诉求中，网格员主动发现的比重。",
        "Among complaints received that say how they were found, the share that a grid worker found.",
        "网格员发现的", "found by a worker", "写明发现方式的", "with a known origin",
        "%", "%", "context", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C12", "诉求", "网格内化解率", "Settled inside the grid",
        "期内办结并写明办结层级的诉求中，在网格内办结的比重。",
        "Among complaints closed in the period with a known level, the share settled inside the grid.",
        "在网格内办结的", "settled inside the grid", "写明办结层级的", "closed with a known level",
        "%", "%", "up", "ratio", "complaint", dimensions=_ALL,
    ),
    Metric(
        "C13", "诉求", "超期在办数", "Overdue and open",
        "期末当天期限已到而没有办结的诉求数。", "Complaints past their deadline and not closed at the end of the period.",
        "超期未办结的", "overdue and open", "—", "—", "件", "cases", "down", "stock", "stock",
        denominator="none", dimensions=("category",), min_n=0,
    ),
    Metric(
        "C14", "诉求", "权责外占比", "Outside our authority",
        "期内受理、权责内外已明的诉求中，不属本级权责的比重；这些不计入任何格格的得分。",
        "Among complaints received whose scope is known, the share outside our authority; left out of every score.",
        "权责外的", "out of scope", "权责内外已明的", "with a known scope",
        "%", "%", "context", "ratio", "complaint", dimensions=_ALL,
    ),
)  # fmt: skip
