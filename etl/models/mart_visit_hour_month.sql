-- grain: 一个有下级的网格（含下级）、一月、一个星期几、一个钟点一行
-- partition: month
-- reads: fact_visit, model_rollup
-- The hour from midnight is left out: it cannot be told from a visit without a time of day.
-- @grid_id 网格（含下级）；* 为全部，含认不出网格的记录
-- @month 月
-- @weekday 星期几，1 为星期一
-- @hour 钟点，1 至 23
-- @visits 走访次数
WITH single AS (
    SELECT
        coalesce(grid_id, '') AS grid_id,
        CAST(date_trunc('month', on_date) AS DATE) AS month,
        days_between(CAST(date_trunc('week', on_date) AS DATE), on_date) + 1 AS weekday,
        CAST(hour(occurred_at) AS INTEGER) AS hour,
        count(*) AS visits
    FROM fact_visit
    WHERE on_date BETWEEN touched_from() AND touched_to()
        AND CAST(date_trunc('month', on_date) AS DATE) IN (SELECT part FROM touched) AND hour(occurred_at) > 0
    GROUP BY
        coalesce(grid_id, ''),
        CAST(date_trunc('month', on_date) AS DATE),
        days_between(CAST(date_trunc('week', on_date) AS DATE), on_date) + 1,
        CAST(hour(occurred_at) AS INTEGER)
)
SELECT r.ancestor_id AS grid_id, s.month, s.weekday, s.hour, CAST(sum(s.visits) AS INTEGER) AS visits
FROM single AS s JOIN model_rollup AS r ON r.grid_id = s.grid_id AND r.is_upper
GROUP BY r.ancestor_id, s.month, s.weekday, s.hour
ORDER BY s.month, r.ancestor_id, s.weekday, s.hour
