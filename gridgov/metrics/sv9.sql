-- 走访后超过 72 小时录入的 ÷ 有录入时间的走访
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    late AS numerator,
    entered AS denominator
FROM tally
