-- Grain: one grid that the reader may see, with its depth below the highest one that it sees.
-- Parameters: none.
SELECT
    grid.grid_id,
    grid.name,
    grid.level,
    grid.parent_id,
    CAST(count(closure.ancestor_id) - 1 AS INTEGER) AS depth
FROM grid
JOIN grid_closure AS closure ON closure.grid_id = grid.grid_id
GROUP BY ALL
ORDER BY depth, grid.grid_id
