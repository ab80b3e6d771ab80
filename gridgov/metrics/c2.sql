-- 24 小时内联系的 ÷ 受理已满 24 小时或已联系的
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    responded AS numerator,
    response_due AS denominator
FROM tally
