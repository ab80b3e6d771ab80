-- grain: 一种日志、一个网格（含下级）一行
-- reads: mart_coverage_day, model_rollup
-- @log visit 走访，activity 活动，complaint 诉求
-- @grid_id 网格（含下级）；* 为全部
-- @first_on 最早一天
-- @last_on 最近一天
-- @records 记录数
SELECT
    c.log,
    r.ancestor_id AS grid_id,
    min(c.on_date) AS first_on,
    max(c.on_date) AS last_on,
    CAST(sum(c.records) AS BIGINT) AS records
FROM mart_coverage_day AS c
JOIN model_rollup AS r ON r.grid_id = coalesce(c.grid_id, '')
GROUP BY c.log, r.ancestor_id
ORDER BY c.log, r.ancestor_id
