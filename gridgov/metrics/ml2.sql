-- 上门年审协助的走访次数
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    home_certifications AS numerator,
    CAST(NULL AS INTEGER) AS denominator
FROM tally
