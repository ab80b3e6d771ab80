-- One row per log, grid (as the log names it) and day of the last $days days before the newest data.
WITH event AS (
    SELECT 'visit' AS log, grid, CAST(occurred_at AS DATE) AS on_date FROM visit
    UNION ALL SELECT 'activity', grid, CAST(started_at AS DATE) FROM activity
    UNION ALL SELECT 'complaint', grid, CAST(created_at AS DATE) FROM complaint
), newest AS (SELECT max(on_date) AS on_date FROM event)
SELECT e.log, coalesce(e.grid, '') AS grid, e.on_date, count(*) AS records
FROM event AS e, newest AS n
WHERE e.on_date > n.on_date - CAST($days AS INTEGER)
GROUP BY ALL ORDER BY ALL
