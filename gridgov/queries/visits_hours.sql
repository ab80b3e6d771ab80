-- Grain: one weekday (1 = Monday) and hour of the day with visits.
-- Parameters: $start, $finish, $grid_id (NULL: all).
-- The hour from midnight is left out: where moments are cut to the hour it cannot be told from a
-- visit without a time of day.
SELECT
    CAST(date_diff('day', date_trunc('week', occurred_at), occurred_at) AS INTEGER) + 1 AS weekday,
    CAST(hour(occurred_at) AS INTEGER) AS hour,
    count(*) AS visits
FROM fact_visit
WHERE on_date BETWEEN $start AND $finish
    AND hour(occurred_at) > 0
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY weekday, hour
ORDER BY weekday, hour
