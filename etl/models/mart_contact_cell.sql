-- grain: 一个网格、一天、一种联系频次、一类重点人员一行（不含下级）
-- partition: month of on_date
-- reads: fact_contact_period[0,92]
-- @grid_id 网格
-- @on_date 周期末日
-- @tier 联系频次
-- @person_category 重点类别
-- @due 这天过完的应联系人次（人·周期）
-- @contacted 其中至少联系一次的
SELECT
    grid_id,
    period_end AS on_date,
    tier,
    category AS person_category,
    CAST(count(*) AS INTEGER) AS due,
    CAST(sum(CASE WHEN is_contacted THEN 1 ELSE 0 END) AS INTEGER) AS contacted
FROM fact_contact_period
WHERE is_complete AND period_end BETWEEN touched_from() AND touched_to()
    AND date_trunc('month', period_end) IN (SELECT part FROM touched)
GROUP BY grid_id, period_end, tier, category
ORDER BY period_end, grid_id
