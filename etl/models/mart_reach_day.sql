-- grain: 一个网格（含下级）、一种触达、一个五在类别、一月、月内首次触达日、上一个触达月一行
-- partition: month
-- reads: mart_household_month[0,all], model_rollup
-- @grid_id 网格（含下级）；* 为全部
-- @kind visit 走访，shop 走访商户，attendance 参加活动
-- @pillar 五在类别；空文本 = 不分类别
-- @month 当月一日
-- @first_on 这个月首次触达的日期
-- @prev_month 这户之前最近一次被触达的月份；从未则为空
-- @households 户数
-- Distinct households over any run of months are the sum over its rows whose prev_month lies before
-- the run: a household is counted in the first month of the run that reached it, and nowhere else.
-- Of the months before those that are built, a household's last one in each grid is all that matters.
-- A household known in one grid only has the same predecessor in every grid above, so it is counted
-- first and rolled up after; the few known in several are rolled up first.
WITH here AS (
    SELECT grid_id, kind, pillar, month, household, first_on
    FROM mart_household_month
    WHERE month BETWEEN touched_from() AND touched_to() AND month IN (SELECT part FROM touched)
), met AS (
    SELECT DISTINCT kind, household FROM here
), earlier AS (
    SELECT k.grid_id, k.kind, k.pillar, max(k.month) AS month, k.household
    FROM mart_household_month AS k JOIN met ON met.household = k.household AND met.kind = k.kind
    WHERE k.month < touched_from()
    GROUP BY k.grid_id, k.kind, k.pillar, k.household
), known AS (
    SELECT grid_id, kind, pillar, month, household, first_on FROM here
    UNION ALL
    SELECT grid_id, kind, pillar, month, household, CAST(NULL AS DATE) AS first_on FROM earlier
), scattered AS (
    SELECT kind, household FROM known
    GROUP BY kind, household
    HAVING min(coalesce(grid_id, '')) <> max(coalesce(grid_id, ''))
), key AS (
    SELECT k.grid_id, k.kind, k.pillar, k.month, k.household, k.first_on, s.household IS NOT NULL AS is_scattered
    FROM known AS k
    LEFT JOIN scattered AS s ON s.kind = k.kind AND s.household = k.household
), settled AS (
    SELECT grid_id, kind, pillar, month, first_on,
        lag(month) OVER (PARTITION BY household, kind, pillar ORDER BY month) AS prev_month
    FROM key WHERE NOT is_scattered
), small AS (
    SELECT grid_id, kind, pillar, month, first_on, prev_month, count(*) AS households
    FROM settled WHERE first_on IS NOT NULL
    GROUP BY grid_id, kind, pillar, month, first_on, prev_month
), spread AS (
    SELECT r.ancestor_id AS grid_id, k.kind, k.pillar, k.month, k.household, min(k.first_on) AS first_on
    FROM key AS k JOIN model_rollup AS r ON r.grid_id = coalesce(k.grid_id, '')
    WHERE k.is_scattered
    GROUP BY r.ancestor_id, k.kind, k.pillar, k.month, k.household
), spread_lag AS (
    SELECT grid_id, kind, pillar, month, first_on,
        lag(month) OVER (PARTITION BY household, grid_id, kind, pillar ORDER BY month) AS prev_month
    FROM spread
), all_part AS (
    SELECT r.ancestor_id AS grid_id, s.kind, s.pillar, s.month, s.first_on, s.prev_month, s.households
    FROM small AS s JOIN model_rollup AS r ON r.grid_id = coalesce(s.grid_id, '')
    UNION ALL
    SELECT grid_id, kind, pillar, month, first_on, prev_month, 1 AS households
    FROM spread_lag WHERE first_on IS NOT NULL
)
SELECT grid_id, kind, pillar, month, first_on, prev_month, CAST(sum(households) AS INTEGER) AS households
FROM all_part
GROUP BY grid_id, kind, pillar, month, first_on, prev_month
ORDER BY month, kind, pillar, grid_id
