-- Grain: one grid directly below $grid_id; the highest visible ones when it is NULL.
-- Parameters: $grid_id.
SELECT
    grid.grid_id,
    grid.name,
    grid.level,
    grid.parent_id,
    CAST(1 AS INTEGER) AS depth
FROM grid
WHERE
    CASE
        WHEN CAST($grid_id AS VARCHAR) IS NULL
            THEN NOT EXISTS (
                SELECT 1 FROM grid AS upper_grid WHERE upper_grid.grid_id = grid.parent_id
            )
        ELSE grid.parent_id = $grid_id
    END
ORDER BY grid.grid_id
