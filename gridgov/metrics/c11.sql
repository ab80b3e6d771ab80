-- 网格员发现的 ÷ 写明发现方式的
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    found AS numerator,
    found_known AS denominator
FROM tally
