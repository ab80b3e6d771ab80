-- Grain: one log and grid of the level (with all below it); grids without any record included.
-- Parameters: $start, $finish, $units (grid ids).
WITH unit AS (
    SELECT unnest($units::VARCHAR[]) AS unit_id
), seen AS (
    SELECT c.log, m.ancestor_id AS unit_id, c.on_date, c.records
    FROM mart_coverage_day AS c
    JOIN grid_closure AS m ON m.grid_id = c.grid_id
    JOIN unit ON unit.unit_id = m.ancestor_id
    WHERE c.on_date BETWEEN $start AND $finish
)
SELECT
    l.log,
    unit.unit_id AS grid_id,
    CAST(coalesce(sum(seen.records), 0) AS BIGINT) AS records,
    count(DISTINCT seen.on_date) AS days,
    max(seen.on_date) AS last_on
FROM unit
CROSS JOIN (VALUES ('visit'), ('activity'), ('complaint')) AS l (log)
LEFT JOIN seen ON seen.unit_id = unit.unit_id AND seen.log = l.log
GROUP BY l.log, unit.unit_id
ORDER BY l.log, unit.unit_id
