-- 义务服务项次
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    free_services AS numerator,
    CAST(NULL AS INTEGER) AS denominator
FROM tally
