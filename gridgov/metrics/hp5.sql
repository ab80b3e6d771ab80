-- 参与人次；分母是居民数
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    attendances AS numerator,
    CAST(NULL AS INTEGER) AS denominator
FROM tally
