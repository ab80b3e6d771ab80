-- Grain: one worker who holds one of the grids on a day.
-- Parameters: $grid_ids (list), $as_of.
WITH held AS (
    SELECT grid_id, worker_id FROM grid_holder
    WHERE grid_id IN (SELECT unnest(CAST($grid_ids AS VARCHAR[])))
        AND valid_from <= $as_of AND valid_to >= $as_of
)
SELECT h.grid_id, w.name FROM held AS h JOIN worker AS w ON w.worker_id = h.worker_id
