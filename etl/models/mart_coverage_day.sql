-- grain: 一种日志、一个网格（不含下级）、一天一行
-- partition: on_date
-- reads: fact_visit, fact_activity, fact_complaint
-- @log visit 走访，activity 活动，complaint 诉求
-- @grid_id 网格；认不出时为空
-- @on_date 事件日期
-- @records 记录数
SELECT 'visit' AS log, grid_id, on_date, CAST(count(*) AS INTEGER) AS records
FROM fact_visit WHERE on_date IN (SELECT part FROM touched) GROUP BY grid_id, on_date
UNION ALL
SELECT 'activity' AS log, grid_id, on_date, CAST(count(*) AS INTEGER) AS records
FROM fact_activity WHERE on_date IN (SELECT part FROM touched) GROUP BY grid_id, on_date
UNION ALL
SELECT 'complaint' AS log, grid_id, on_date, CAST(count(*) AS INTEGER) AS records
FROM fact_complaint WHERE on_date IN (SELECT part FROM touched) GROUP BY grid_id, on_date
ORDER BY on_date
