-- grain: 一个网格（含下级）、一天、一种联系频次一行
-- reads: key_person, model_rollup
-- @grid_id 网格（含下级）；* 为全部
-- @on_date 日期
-- @tier 联系频次
-- @change 这天列入减去前一天移出的重点人员；从头加到某天就是那天在册的不同人数
-- A person listed several times at once, or in several grids of one unit, is one person: stretches that touch are joined first.
WITH listed AS (
    SELECT DISTINCT r.ancestor_id AS grid_id, k.tier, k.person,
        coalesce(k.valid_from, DATE '1900-01-01') AS from_on,
        coalesce(k.valid_to, DATE '9999-12-31') AS to_on
    FROM key_person AS k JOIN model_rollup AS r ON r.grid_id = coalesce(k.grid_id, '')
    WHERE coalesce(k.valid_to, DATE '9999-12-31') >= coalesce(k.valid_from, DATE '1900-01-01')
), ordered AS (
    SELECT *, max(to_on) OVER (
        PARTITION BY grid_id, tier, person ORDER BY from_on, to_on
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before_on
    FROM listed
), stretch AS (
    SELECT *, sum(CASE WHEN before_on IS NULL OR before_on < from_on THEN 1 ELSE 0 END) OVER (
        PARTITION BY grid_id, tier, person ORDER BY from_on, to_on
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS number
    FROM ordered
), joined AS (
    SELECT grid_id, tier, person, min(from_on) AS from_on, max(to_on) AS to_on
    FROM stretch GROUP BY grid_id, tier, person, number
), step AS (
    SELECT grid_id, tier, from_on AS on_date, 1 AS change FROM joined
    UNION ALL
    SELECT grid_id, tier, date_add(to_on, 1) AS on_date, -1 AS change FROM joined WHERE to_on < DATE '9999-12-31'
)
SELECT grid_id, on_date, tier, CAST(sum(change) AS INTEGER) AS change
FROM step
GROUP BY grid_id, on_date, tier
HAVING sum(change) <> 0
ORDER BY grid_id, on_date, tier
