-- 权责外的 ÷ 权责内外已明的
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    out_of_scope AS numerator,
    scope_known AS denominator
FROM tally
