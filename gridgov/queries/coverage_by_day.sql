-- Grain: one log and day with records. The mart has a grid once a log and day: counting rows counts grids.
-- Parameters: $start, $finish, $grid_id (NULL: everything that the reader sees).
SELECT
    log,
    on_date,
    CAST(sum(records) AS BIGINT) AS records,
    count(grid_id) AS grids
FROM mart_coverage_day
WHERE on_date BETWEEN $start AND $finish
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY log, on_date
ORDER BY log, on_date
