-- 在网格内办结的 ÷ 写明办结层级的，记在办结日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    settled_in_grid AS numerator,
    settled_known AS denominator
FROM tally
