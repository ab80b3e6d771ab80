-- Grain: one grid, month, weekday (1 = Monday) and hour of the day with visits. As visits_hours.sql.
-- Parameters: $units (grids with others below).
SELECT month, weekday, hour, visits
FROM mart_visit_hour_month
WHERE grid_id IN (SELECT unnest($units::VARCHAR[]))
