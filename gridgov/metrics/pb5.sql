-- 微党课场次；分母是一般网格数
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    party_lessons AS numerator,
    CAST(NULL AS INTEGER) AS denominator
FROM tally
