-- grain: 一个网格与一个把它算在内的汇总单位一行
-- reads: grid, grid_closure
-- @ancestor_id 汇总单位：网格自己、各级上级，或 * 即全部
-- @grid_id 网格；空文本代表认不出网格的记录，只计入 *
-- @is_upper 汇总单位之下是否还有网格
WITH upper_grid AS (
    SELECT DISTINCT ancestor_id FROM grid_closure WHERE depth > 0
), pair AS (
    SELECT ancestor_id, grid_id FROM grid_closure
    UNION ALL SELECT '*' AS ancestor_id, grid_id FROM grid
    UNION ALL SELECT '*' AS ancestor_id, '' AS grid_id
)
SELECT
    pair.ancestor_id,
    pair.grid_id,
    pair.ancestor_id = '*' OR upper_grid.ancestor_id IS NOT NULL AS is_upper
FROM pair LEFT JOIN upper_grid ON upper_grid.ancestor_id = pair.ancestor_id
