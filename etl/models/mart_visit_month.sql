-- grain: 一个网格（含下级）一月一行
-- partition: month
-- reads: mart_visit_cell, model_rollup, mart_as_of
-- @grid_id 网格（含下级）；* 为全部，含认不出网格的记录
-- @month 月份，当月一日
-- @visits 走访次数
-- @met 见到人的次数
-- @met_known 说明了是否见面的次数
-- @needs 记录了需求的次数
-- @entered 有录入时间的次数
-- @late 走访后超过 72 小时才录入的次数
-- @flagged 有待复核情形的次数
-- @contacts 每周联系对象的联系次数（写明没有见到人的不算）
-- @in_person 其中上门
-- @home_certifications 上门年审次数
-- @needs_due 期限在这天的需求数
-- @needs_in_time 其中按期办结
-- @recert_due 到期日在这天的年审协助数
-- @recert_in_time 其中到期前办好
SELECT
    r.ancestor_id AS grid_id,
    CAST(date_trunc('month', c.on_date) AS DATE) AS month,
    CAST(sum(c.visits) AS INTEGER) AS visits,
    CAST(sum(c.met) AS INTEGER) AS met,
    CAST(sum(c.met_known) AS INTEGER) AS met_known,
    CAST(sum(c.needs) AS INTEGER) AS needs,
    CAST(sum(c.entered) AS INTEGER) AS entered,
    CAST(sum(c.late) AS INTEGER) AS late,
    CAST(sum(c.flagged) AS INTEGER) AS flagged,
    CAST(sum(c.contacts) AS INTEGER) AS contacts,
    CAST(sum(c.in_person) AS INTEGER) AS in_person,
    CAST(sum(c.home_certifications) AS INTEGER) AS home_certifications,
    CAST(sum(c.needs_due) AS INTEGER) AS needs_due,
    CAST(sum(c.needs_in_time) AS INTEGER) AS needs_in_time,
    CAST(sum(c.recert_due) AS INTEGER) AS recert_due,
    CAST(sum(c.recert_in_time) AS INTEGER) AS recert_in_time
FROM mart_visit_cell AS c
CROSS JOIN mart_as_of AS m
JOIN model_rollup AS r ON r.grid_id = coalesce(c.grid_id, '')
WHERE c.on_date BETWEEN touched_from() AND touched_to()
    AND CAST(date_trunc('month', c.on_date) AS DATE) IN (SELECT part FROM touched)
    AND c.on_date <= m.data_date
GROUP BY r.ancestor_id, CAST(date_trunc('month', c.on_date) AS DATE)
ORDER BY CAST(date_trunc('month', c.on_date) AS DATE), r.ancestor_id
