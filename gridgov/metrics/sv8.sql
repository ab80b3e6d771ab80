-- 应联系的人·周期；分母是可承担的联系次数，由引擎按月折算
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    due AS numerator,
    CAST(NULL AS INTEGER) AS denominator
FROM tally
