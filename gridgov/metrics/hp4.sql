-- 到课人次 ÷ 报名人数
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    course_attended AS numerator,
    course_enrolled AS denominator
FROM tally
