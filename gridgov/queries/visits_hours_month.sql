-- Grain: one weekday (1 = Monday) and hour of the day with visits. As visits_hours.sql.
-- Parameters: $start, $finish (whole months), $units (grids with others below).
SELECT weekday, hour, CAST(sum(visits) AS BIGINT) AS visits
FROM mart_visit_hour_month
WHERE month BETWEEN $start AND $finish AND grid_id IN (SELECT unnest($units::VARCHAR[]))
GROUP BY weekday, hour
ORDER BY weekday, hour
