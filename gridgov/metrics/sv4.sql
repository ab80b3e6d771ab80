-- 见到人的走访 ÷ 写明是否见面的走访
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    met AS numerator,
    met_known AS denominator
FROM tally
