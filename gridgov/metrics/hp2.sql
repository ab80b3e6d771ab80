-- 首次参与人数 ÷ 参与人次
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    first_timers AS numerator,
    first_base AS denominator
FROM tally
