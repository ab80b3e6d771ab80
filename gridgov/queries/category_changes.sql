-- Grain: one complaint category received in either of two periods.
-- Parameters: $start, $finish, $before_start, $before_finish, $grid_id (NULL: all), $source (NULL: all).
SELECT
    category,
    CAST(sum(CASE WHEN on_date BETWEEN $start AND $finish THEN received ELSE 0 END) AS BIGINT) AS cases,
    CAST(sum(CASE WHEN on_date BETWEEN $before_start AND $before_finish THEN received ELSE 0 END) AS BIGINT) AS before
FROM mart_complaint_cell
WHERE received > 0 AND category IS NOT NULL
    AND (on_date BETWEEN $start AND $finish OR on_date BETWEEN $before_start AND $before_finish)
    AND (CAST($source AS VARCHAR) IS NULL OR source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY category
ORDER BY cases DESC, category
