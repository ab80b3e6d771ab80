-- Grain: one complaint behind a figure.
-- Parameters: start, finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    c.complaint_id, c.created_at, c.due_at, c.closed_at, c.grid_id, c.grid_text, c.category, c.source, c.nature,
    c.worker_text, c.household, c.in_scope, c.called_back, c.resolved, c.satisfied, c.reopened,
    c.handling_hours, c.content, c.reply
FROM fact_complaint AS c
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY c.created_at DESC, c.complaint_id
LIMIT $rows
