-- Grain: one row: how many grids of $units have a record of any log from $since on.
-- Parameters: $units (grid ids), $since.
SELECT count(DISTINCT grid_id) AS grids
FROM mart_grid_last
WHERE last_on >= $since AND grid_id IN (SELECT unnest($units::VARCHAR[]))
