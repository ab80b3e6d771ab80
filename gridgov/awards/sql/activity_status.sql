-- grain: one activity; `reason` is empty where it counts
-- parameters: $per_worker_day
WITH one AS (
    SELECT activity_id, any_value(on_date) AS on_date, any_value(started_at) AS started_at,
           any_value(grid_id) AS grid_id, any_value(pillar) AS pillar, any_value(type) AS type,
           any_value(name) AS name, string_agg(worker_id, '、' ORDER BY worker_id) AS workers
    FROM activity
    GROUP BY activity_id
),
judged AS (
    SELECT one.*, CASE WHEN c.event_id IS NOT NULL THEN 'verdict' ELSE '' END AS first_reason
    FROM one
    LEFT JOIN confirmed c ON c.event_id = one.activity_id
),
numbered AS (
    SELECT *, row_number() OVER (
               PARTITION BY first_reason, workers, grid_id, type, name, on_date
               ORDER BY started_at, activity_id) AS same
    FROM judged
),
distinct_only AS (
    SELECT *, CASE WHEN first_reason <> '' THEN first_reason
                   WHEN same > 1 THEN 'duplicate' ELSE '' END AS second_reason
    FROM numbered
),
capped AS (
    SELECT *, row_number() OVER (
               PARTITION BY second_reason, workers, type, on_date
               ORDER BY started_at, activity_id) AS of_day
    FROM distinct_only
)
SELECT activity_id, on_date, grid_id, pillar, type,
       CASE WHEN second_reason <> '' THEN second_reason
            WHEN of_day > $per_worker_day THEN 'cap'
            WHEN pillar = '' THEN 'no_pillar'
            ELSE '' END AS reason
FROM capped
ORDER BY activity_id
