-- 期末有效、填写了是否有党组织的网格
-- Reads `tally`: the grids below the unit, with the days between which they are valid.
SELECT
    *,
    CASE WHEN has_party_organisation THEN 1 ELSE 0 END AS numerator,
    1 AS denominator
FROM tally
WHERE has_party_organisation IS NOT NULL AND level IN ('总', '一般', '微', '专属')
