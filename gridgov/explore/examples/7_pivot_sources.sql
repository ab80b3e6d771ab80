-- 类别 × 来源的诉求数（PIVOT） / Complaints by category and source (PIVOT)
PIVOT (
    SELECT category, source FROM fact_complaint
) ON source USING count(*) GROUP BY category
ORDER BY category
