-- 记录了需求的走访 ÷ 走访
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    needs AS numerator,
    visits AS denominator
FROM tally
