-- Grain: one spell of a worker in the grid or in one directly below, newest first.
-- Parameters: $grid_id.
SELECT
    t.worker_id, w.name, w.kind, t.grid_id, g.name AS grid_name, t.role, t.valid_from, t.valid_to,
    t.leave_days,
    t.valid_from <= a.data_date AND (t.valid_to IS NULL OR t.valid_to >= a.data_date) AS is_current
FROM tenure AS t
CROSS JOIN mart_as_of AS a
JOIN grid AS g ON g.grid_id = t.grid_id
LEFT JOIN worker AS w ON w.worker_id = t.worker_id
WHERE t.grid_id = $grid_id OR g.parent_id = $grid_id
ORDER BY t.grid_id <> $grid_id, t.grid_id, t.valid_from DESC, t.worker_id
