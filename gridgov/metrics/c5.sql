-- 已解决的 ÷ 回访接通并作答的，记在办结日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    resolved AS numerator,
    resolved_known AS denominator
FROM tally
