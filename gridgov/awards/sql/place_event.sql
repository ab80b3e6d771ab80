-- grain: one event of a place: a contact that fell due, or a complaint
SELECT 'due' AS kind, due_no::VARCHAR AS event_id, period_end AS on_date, grid_id FROM due
UNION ALL
SELECT 'complaint', complaint_id, on_date, grid_id FROM complaint
