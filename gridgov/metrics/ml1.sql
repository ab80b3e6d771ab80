-- 到期前办好的年审协助 ÷ 到期的，记在到期日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    recert_in_time AS numerator,
    recert_due AS denominator
FROM tally
