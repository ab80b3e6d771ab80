-- 重办过的 ÷ 办结的，记在办结日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    reworked AS numerator,
    closed AS denominator
FROM tally
