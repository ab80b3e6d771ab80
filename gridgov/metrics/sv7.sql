-- 每周联系对象：上门联系 ÷ 联系
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    in_person AS numerator,
    contacts AS denominator
FROM tally
