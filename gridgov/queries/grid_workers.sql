-- Grain: one spell of a worker in the grid or in one directly below, newest first.
-- Parameters: $grid_id, $units (the grid and those directly below).
WITH chosen AS (
    SELECT worker_id, grid_id, role, valid_from, valid_to, leave_days
    FROM tenure WHERE grid_id IN (SELECT unnest($units::VARCHAR[]))
)
SELECT
    t.worker_id, w.name, w.kind, t.grid_id, t.role, t.valid_from, t.valid_to, t.leave_days,
    t.valid_from <= a.data_date AND (t.valid_to IS NULL OR t.valid_to >= a.data_date) AS is_current
FROM chosen AS t
CROSS JOIN mart_as_of AS a
LEFT JOIN worker AS w ON w.worker_id = t.worker_id
ORDER BY t.grid_id <> $grid_id, t.grid_id, t.valid_from DESC, t.worker_id
