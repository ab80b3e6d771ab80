-- Grain: one grid of $units that has had no record of the log for more than $days days, the longest first.
-- Parameters: $units (grid ids, all valid on the data date), $log, $days.
SELECT
    g.grid_id,
    g.name,
    f.last_on,
    date_diff('day', f.last_on, a.data_date) AS days_silent
FROM grid AS g
CROSS JOIN mart_as_of AS a
LEFT JOIN mart_grid_last AS f ON f.grid_id = g.grid_id AND f.log = $log
WHERE g.grid_id IN (SELECT unnest($units::VARCHAR[]))
    AND (f.last_on IS NULL OR date_diff('day', f.last_on, a.data_date) > $days)
ORDER BY days_silent DESC NULLS FIRST, g.grid_id
