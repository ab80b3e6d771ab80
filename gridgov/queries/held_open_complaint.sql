-- Grain: one complaint open on the data date, and who holds it, the earliest deadline first. Held in
-- a reader's memory.
SELECT
    c.complaint_id,
    c.grid_id,
    c.category,
    c.nature,
    c.source,
    c.created_at,
    c.due_at,
    CAST(c.created_at AS DATE) AS received_on,
    CAST(c.due_at AS DATE) AS due_on,
    date_diff('day', c.on_date, a.data_date) AS age_days,
    CASE WHEN c.is_overdue THEN date_diff('day', CAST(c.due_at AS DATE), a.data_date) END AS overdue_days,
    c.is_overdue,
    c.is_repeat,
    c.in_scope,
    w.name AS holder_name
FROM fact_complaint AS c
CROSS JOIN mart_as_of AS a
LEFT JOIN worker AS w ON w.worker_id = c.holder_id
WHERE c.is_open
ORDER BY c.due_at NULLS LAST, c.complaint_id
