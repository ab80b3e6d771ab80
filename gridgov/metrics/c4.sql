-- 已办结的 ÷ 到期的，记在期限那天
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    due_closed AS numerator,
    due AS denominator
FROM tally
