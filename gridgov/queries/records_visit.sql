-- Grain: one visit behind a figure.
-- Parameters: start, finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    v.visit_id, v.occurred_at, v.grid_id, v.grid_text, v.worker_text, v.household, v.person, v.category,
    v.tier, v.mode, v.met, v.purpose, v.need, v.need_due, v.need_closed_at, v.late_hours, v.note
FROM fact_visit AS v
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR v.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY v.occurred_at DESC, v.visit_id
LIMIT $rows
