-- Grain: one grid with its name and who leads it on a day.
-- Parameters: $grid_ids (list), $as_of.
WITH held AS (
    SELECT DISTINCT h.grid_id, w.name
    FROM grid_holder AS h JOIN worker AS w ON w.worker_id = h.worker_id
    WHERE h.grid_id IN (SELECT unnest(CAST($grid_ids AS VARCHAR[])))
        AND h.valid_from <= $as_of AND h.valid_to >= $as_of
), named AS (
    SELECT grid_id, string_agg(name, '、' ORDER BY name) AS holder FROM held GROUP BY grid_id
)
SELECT grid.grid_id, grid.name, grid.level, named.holder
FROM grid LEFT JOIN named ON named.grid_id = grid.grid_id
WHERE grid.grid_id IN (SELECT unnest(CAST($grid_ids AS VARCHAR[])))
