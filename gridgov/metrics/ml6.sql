-- 招聘会意向人数 ÷ 参与人次
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    fair_intents AS numerator,
    fair_attendances AS denominator
FROM tally
