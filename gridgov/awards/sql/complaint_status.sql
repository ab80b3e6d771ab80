-- grain: one complaint; `reason` is empty where it counts
-- parameters: $per_household_day
WITH judged AS (
    SELECT k.*, CASE WHEN c.event_id IS NOT NULL THEN 'verdict'
                     WHEN NOT k.in_scope THEN 'out_of_scope' ELSE '' END AS first_reason
    FROM complaint k
    LEFT JOIN confirmed c ON c.event_id = k.complaint_id
),
numbered AS (
    SELECT *, row_number() OVER (
               PARTITION BY first_reason, household, category, on_date
               ORDER BY created_at, complaint_id) AS of_day
    FROM judged
)
SELECT * EXCLUDE (first_reason, of_day),
       CASE WHEN first_reason <> '' THEN first_reason
            WHEN household IS NOT NULL AND of_day > $per_household_day THEN 'cap'
            ELSE '' END AS reason
FROM numbered
ORDER BY complaint_id
