-- 满意数 ÷ 评价数
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    satisfied AS numerator,
    rated AS denominator
FROM tally
