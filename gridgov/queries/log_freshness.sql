-- Grain: one log, over all that the reader sees.
-- Parameters: $units (the roots of the question, or *).
SELECT
    log,
    min(first_on) AS first_on,
    max(last_on) AS last_on,
    CAST(sum(records) AS BIGINT) AS records
FROM mart_grid_last
WHERE grid_id IN (SELECT unnest($units::VARCHAR[]))
GROUP BY log
ORDER BY log
