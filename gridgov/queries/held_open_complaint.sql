-- Grain: one complaint open on the data date. Held in a reader's memory: see `Reader.held`.
SELECT
    complaint_id, grid_id, category, nature, source, on_date, created_at, due_at, is_overdue,
    is_repeat, in_scope, holder_id
FROM fact_complaint
WHERE is_open
