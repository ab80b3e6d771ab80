-- 市容占道诉求；分母是居民数
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    received AS numerator,
    CAST(NULL AS INTEGER) AS denominator
FROM tally
WHERE category = '市容占道'
