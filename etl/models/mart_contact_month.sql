-- grain: 一个网格（含下级）、一月、一种联系频次一行
-- partition: month
-- reads: mart_contact_cell, model_rollup
-- @grid_id 网格（含下级）；* 为全部
-- @month 周期末日所在的月份，当月一日
-- @tier 联系频次
-- @due 这个月过完的应联系人次（人·周期）
-- @contacted 其中至少联系一次的
SELECT
    r.ancestor_id AS grid_id,
    CAST(date_trunc('month', c.on_date) AS DATE) AS month,
    c.tier,
    CAST(sum(c.due) AS INTEGER) AS due,
    CAST(sum(c.contacted) AS INTEGER) AS contacted
FROM mart_contact_cell AS c
JOIN model_rollup AS r ON r.grid_id = coalesce(c.grid_id, '')
WHERE c.on_date BETWEEN touched_from() AND touched_to() AND date_trunc('month', c.on_date) IN (SELECT part FROM touched)
GROUP BY r.ancestor_id, CAST(date_trunc('month', c.on_date) AS DATE), c.tier
ORDER BY CAST(date_trunc('month', c.on_date) AS DATE), r.ancestor_id
