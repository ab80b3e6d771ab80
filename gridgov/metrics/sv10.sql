-- 待复核的走访 ÷ 走访
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    flagged AS numerator,
    visits AS denominator
FROM tally
