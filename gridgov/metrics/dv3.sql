-- 使用的摊位 ÷ (200 × 场次)
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    stalls AS numerator,
    stall_events * 200 AS denominator
FROM tally
