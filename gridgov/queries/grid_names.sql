-- Grain: one grid with its name and who leads it on a day.
-- Parameters: $grid_ids (list), $as_of.
SELECT
    grid.grid_id,
    grid.name,
    grid.level,
    string_agg(DISTINCT worker.name, '、' ORDER BY worker.name) AS holder
FROM grid
LEFT JOIN grid_holder
    ON
        grid_holder.grid_id = grid.grid_id
        AND $as_of BETWEEN grid_holder.valid_from AND grid_holder.valid_to
LEFT JOIN worker ON worker.worker_id = grid_holder.worker_id
WHERE grid.grid_id IN (SELECT unnest(CAST($grid_ids AS VARCHAR[])))
GROUP BY ALL
