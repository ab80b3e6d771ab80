-- grain: one visit; `reason` is empty where it counts
-- parameters: $cut_off, $per_household_day
-- A record left out by a verdict or entered too late must not make another one a duplicate.
WITH judged AS (
    SELECT v.*, CASE WHEN c.event_id IS NOT NULL THEN 'verdict'
                     WHEN v.entered_at >= $cut_off::TIMESTAMP THEN 'late' ELSE '' END AS first_reason
    FROM visit v
    LEFT JOIN confirmed c ON c.event_id = v.visit_id
),
numbered AS (
    SELECT *,
           row_number() OVER (
               PARTITION BY first_reason, workers, household, purpose, on_date
               ORDER BY occurred_at, visit_id) AS same
    FROM judged
),
distinct_only AS (
    SELECT *, CASE WHEN first_reason <> '' THEN first_reason
                   WHEN household IS NOT NULL AND same > 1 THEN 'duplicate' ELSE '' END AS second_reason
    FROM numbered
),
capped AS (
    SELECT *, row_number() OVER (
               PARTITION BY second_reason, household, on_date
               ORDER BY occurred_at, visit_id) AS of_day
    FROM distinct_only
)
SELECT * EXCLUDE (first_reason, second_reason, same, of_day),
       CASE WHEN second_reason <> '' THEN second_reason
            WHEN household IS NOT NULL AND of_day > $per_household_day THEN 'cap'
            ELSE '' END AS reason
FROM capped
ORDER BY visit_id
