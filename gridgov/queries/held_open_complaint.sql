-- Grain: one complaint open on the data date, and who holds it. Held in a reader's memory.
SELECT
    c.complaint_id, c.grid_id, c.category, c.nature, c.source, c.on_date, c.created_at, c.due_at,
    c.is_overdue, c.is_repeat, c.in_scope, w.name AS holder_name
FROM fact_complaint AS c
LEFT JOIN worker AS w ON w.worker_id = c.holder_id
WHERE c.is_open
