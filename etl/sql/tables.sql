-- One row per table: how many rows, first and last event day (NULL without events).
SELECT 'grid', count(*), NULL, NULL FROM grid
UNION ALL SELECT 'grid_month', count(*), NULL, NULL FROM grid_month
UNION ALL SELECT 'worker', count(*), NULL, NULL FROM worker
UNION ALL SELECT 'worker_alias', count(*), NULL, NULL FROM worker_alias
UNION ALL SELECT 'tenure', count(*), NULL, NULL FROM tenure
UNION ALL SELECT 'household', count(*), NULL, NULL FROM household
UNION ALL SELECT 'key_person', count(*), NULL, NULL FROM key_person
UNION ALL SELECT 'calendar', count(*), NULL, NULL FROM calendar
UNION ALL SELECT 'activity_type', count(*), NULL, NULL FROM activity_type
UNION ALL SELECT 'complaint_category', count(*), NULL, NULL FROM complaint_category
UNION ALL SELECT 'visit', count(*), CAST(min(occurred_at) AS DATE), CAST(max(occurred_at) AS DATE) FROM visit
UNION ALL SELECT 'activity', count(*), CAST(min(started_at) AS DATE), CAST(max(started_at) AS DATE) FROM activity
UNION ALL SELECT 'attendance', count(*), NULL, NULL FROM attendance
UNION ALL SELECT 'complaint', count(*), CAST(min(created_at) AS DATE), CAST(max(created_at) AS DATE) FROM complaint
