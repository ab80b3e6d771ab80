-- 30 天内重复的 ÷ 受理的
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    repeats AS numerator,
    received AS denominator
FROM tally
