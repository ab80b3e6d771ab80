-- 接通的 ÷ 回访的，记在办结日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    answered AS numerator,
    called AS denominator
FROM tally
