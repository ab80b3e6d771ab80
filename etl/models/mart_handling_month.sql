-- grain: 一个网格（含下级）、受理月、整小时数、是否办结一行
-- partition: month
-- reads: fact_complaint, model_rollup, mart_as_of~
-- stale: NOT is_closed
-- @grid_id 网格（含下级）；* 为全部
-- @month 受理月，当月一日
-- @hours 办理时长，整小时（进位）；未办结的为截至数据日期末已过的整小时（舍去）
-- @is_closed 是否办结
-- @instant 其中受理的同一秒办结的
-- @cases 工单数
WITH timed AS (
    SELECT
        c.grid_id,
        CAST(date_trunc('month', c.on_date) AS DATE) AS month,
        CAST(CASE
            WHEN c.closed_at IS NOT NULL THEN ceil(seconds_between(c.created_at, c.closed_at) / 3600.0)
            ELSE floor(seconds_between(c.created_at, CAST(date_add(m.data_date, 1) AS TIMESTAMP)) / 3600.0)
        END AS INTEGER) AS hours,
        c.closed_at IS NOT NULL AS is_closed,
        CASE WHEN c.is_instant THEN 1 ELSE 0 END AS instant
    FROM fact_complaint AS c CROSS JOIN mart_as_of AS m
    WHERE c.on_date BETWEEN touched_from() AND touched_to()
        AND date_trunc('month', c.on_date) IN (SELECT part FROM touched)
)
SELECT
    r.ancestor_id AS grid_id, t.month, t.hours, t.is_closed,
    CAST(sum(t.instant) AS INTEGER) AS instant,
    CAST(count(*) AS INTEGER) AS cases
FROM timed AS t JOIN model_rollup AS r ON r.grid_id = coalesce(t.grid_id, '')
GROUP BY r.ancestor_id, t.month, t.hours, t.is_closed
ORDER BY t.month, r.ancestor_id, t.hours
