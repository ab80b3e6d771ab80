-- 商户诉求：已解决的 ÷ 办结且写明结果的，记在办结日
-- Reads `tally`, the coarsest mart that answers the question (gridgov/metrics/compose.py).
SELECT
    *,
    outcome_resolved AS numerator,
    outcome_known AS denominator
FROM tally
WHERE source = '商户'
