-- 见过的人·周期 ÷ 应联系的人·周期，记在周期末日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    contacted AS numerator,
    due AS denominator
FROM tally
