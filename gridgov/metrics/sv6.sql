-- 按期办结的需求 ÷ 到期的需求，记在需求期限那天
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    needs_in_time AS numerator,
    needs_due AS denominator
FROM tally
