-- grain: 一个网格（含下级）一月一行
-- reads: grid, grid_month, grid_closure, model_day, mart_as_of, mart_capacity_month
-- @grid_id 网格（含下级）；* 为全部
-- @month 当月一日
-- @households 户数
-- @residents 居民数
-- @shops 商铺数
-- @base_grids 当月末有效的一般网格数；没有一般网格的按自己 1 个
-- @capacity 在岗格格这个月可承担的联系次数，见 mart_capacity_month
-- A grid's own figures stand where it has any; otherwise those of the nearest grids below that have,
-- so far as they are valid on the month's last day (a grid that was split in mid-month counts once).
-- A month without figures takes the latest earlier ones, else the earliest later ones.
WITH span AS (
    SELECT DISTINCT d.month FROM model_day AS d CROSS JOIN mart_as_of AS m
    WHERE d.on_date >= m.first_on AND d.on_date <= m.data_date
), stated AS (
    SELECT grid_id, CAST(date_trunc('month', month) AS DATE) AS month,
        max(households) AS households, max(residents) AS residents, max(shops) AS shops
    FROM grid_month GROUP BY grid_id, CAST(date_trunc('month', month) AS DATE)
), nearest AS (
    SELECT span.month, s.grid_id, s.households, s.residents, s.shops,
        row_number() OVER (
            PARTITION BY span.month, s.grid_id
            ORDER BY
                CASE WHEN s.month <= span.month THEN 0 ELSE 1 END,
                CASE WHEN s.month <= span.month THEN days_between(s.month, span.month) ELSE days_between(span.month, s.month) END
        ) AS place
    FROM span CROSS JOIN stated AS s
), own AS (
    SELECT month, grid_id, households, residents, shops FROM nearest WHERE place = 1
), valid AS (
    SELECT span.month, g.grid_id, g.level
    FROM span CROSS JOIN mart_as_of AS m CROSS JOIN grid AS g
    WHERE coalesce(g.valid_from, DATE '1900-01-01') <= least(last_day(span.month), m.data_date)
        AND coalesce(g.valid_to, DATE '9999-12-31') >= least(last_day(span.month), m.data_date)
), has_own AS (
    SELECT DISTINCT grid_id FROM stated
), screened AS (
    -- pairs (upper, lower) with another grid of own figures between them, or at the upper one itself
    SELECT DISTINCT c.ancestor_id, c.grid_id
    FROM grid_closure AS c
    JOIN grid_closure AS b ON b.grid_id = c.grid_id AND b.depth > 0
    JOIN grid_closure AS a ON a.ancestor_id = c.ancestor_id AND a.grid_id = b.ancestor_id
    JOIN has_own AS h ON h.grid_id = b.ancestor_id
), cover AS (
    SELECT c.ancestor_id, c.grid_id, c.depth
    FROM grid_closure AS c
    JOIN has_own AS h ON h.grid_id = c.grid_id
    LEFT JOIN screened AS s ON s.ancestor_id = c.ancestor_id AND s.grid_id = c.grid_id
    WHERE s.grid_id IS NULL
), summed AS (
    SELECT cover.ancestor_id AS grid_id, own.month,
        sum(own.households) AS households, sum(own.residents) AS residents, sum(own.shops) AS shops
    FROM cover
    JOIN own ON own.grid_id = cover.grid_id
    LEFT JOIN valid ON valid.grid_id = own.grid_id AND valid.month = own.month
    WHERE cover.depth = 0 OR valid.grid_id IS NOT NULL
    GROUP BY cover.ancestor_id, own.month
), based AS (
    SELECT c.ancestor_id AS grid_id, v.month, count(*) AS base_grids
    FROM grid_closure AS c JOIN valid AS v ON v.grid_id = c.grid_id AND v.level = '一般'
    GROUP BY c.ancestor_id, v.month
), single AS (
    SELECT g.grid_id, span.month, s.households, s.residents, s.shops, coalesce(b.base_grids, 1) AS base_grids,
        g.parent_id
    FROM grid AS g CROSS JOIN span
    LEFT JOIN summed AS s ON s.grid_id = g.grid_id AND s.month = span.month
    LEFT JOIN based AS b ON b.grid_id = g.grid_id AND b.month = span.month
), top AS (
    SELECT single.* FROM single LEFT JOIN grid AS p ON p.grid_id = single.parent_id
    JOIN valid ON valid.grid_id = single.grid_id AND valid.month = single.month
    WHERE p.grid_id IS NULL
), together AS (
    SELECT grid_id, month, households, residents, shops, base_grids FROM single
    UNION ALL
    SELECT '*' AS grid_id, month, sum(households), sum(residents), sum(shops), sum(base_grids)
    FROM top GROUP BY month
)
SELECT
    t.grid_id,
    t.month,
    CAST(t.households AS INTEGER) AS households,
    CAST(t.residents AS INTEGER) AS residents,
    CAST(t.shops AS INTEGER) AS shops,
    CAST(t.base_grids AS INTEGER) AS base_grids,
    c.capacity
FROM together AS t
LEFT JOIN mart_capacity_month AS c ON c.grid_id = t.grid_id AND c.month = t.month
ORDER BY t.month, t.grid_id
