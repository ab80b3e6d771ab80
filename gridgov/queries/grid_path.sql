-- Grain: one grid on the way from the highest visible one down to $grid_id, highest first.
-- Parameters: $grid_id.
SELECT
    grid.grid_id,
    grid.name,
    grid.level,
    grid.parent_id,
    CAST(max(closure.depth) OVER () - closure.depth AS INTEGER) AS depth
FROM grid_closure AS closure
JOIN grid ON grid.grid_id = closure.ancestor_id
WHERE closure.grid_id = $grid_id
ORDER BY closure.depth DESC
