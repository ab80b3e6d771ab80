-- grain: 一个网格与它自己或它的一个上级一行
-- reads: grid
-- @ancestor_id 上级网格（或自己）
-- @grid_id 网格
-- @ancestor_level 上级网格的层级
-- @depth 相隔几级；0 是自己
-- Eight levels are declared, so seven steps reach every root, and a loop in parent_id cannot hang.
WITH up_0 AS (
    SELECT grid_id, grid_id AS ancestor_id, 0 AS depth FROM grid
), up_1 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 1 AS depth FROM up_0 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), up_2 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 2 AS depth FROM up_1 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), up_3 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 3 AS depth FROM up_2 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), up_4 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 4 AS depth FROM up_3 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), up_5 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 5 AS depth FROM up_4 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), up_6 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 6 AS depth FROM up_5 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), up_7 AS (
    SELECT u.grid_id, g.parent_id AS ancestor_id, 7 AS depth FROM up_6 AS u JOIN grid AS g ON g.grid_id = u.ancestor_id
), pair AS (
    SELECT * FROM up_0 UNION ALL SELECT * FROM up_1 UNION ALL SELECT * FROM up_2 UNION ALL SELECT * FROM up_3
    UNION ALL SELECT * FROM up_4 UNION ALL SELECT * FROM up_5 UNION ALL SELECT * FROM up_6 UNION ALL SELECT * FROM up_7
)
SELECT
    p.ancestor_id,
    p.grid_id,
    a.level AS ancestor_level,
    CAST(min(p.depth) AS INTEGER) AS depth
FROM pair AS p
JOIN grid AS a ON a.grid_id = p.ancestor_id
GROUP BY p.ancestor_id, p.grid_id, a.level
ORDER BY p.ancestor_id, p.grid_id
