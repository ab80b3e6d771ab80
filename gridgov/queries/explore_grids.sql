-- Grain: one grid of the answer, with what a label or a map needs.
-- Parameters: $grid_ids (list).
SELECT
    grid.grid_id,
    grid.name,
    grid.level,
    grid.parent_id,
    parent.name AS parent_name,
    grid.outline
FROM grid
LEFT JOIN grid AS parent ON parent.grid_id = grid.parent_id
WHERE grid.grid_id IN (SELECT unnest(CAST($grid_ids AS VARCHAR[])))
ORDER BY grid.grid_id
