-- Grain: one course by name, with lessons that state both figures.
-- Parameters: $start, $finish, $grid_id (NULL: all).
SELECT
    name AS course,
    count(*) AS lessons,
    CAST(sum(enrolled) AS BIGINT) AS enrolled,
    CAST(sum(attendances) AS BIGINT) AS attended,
    sum(attendances) / nullif(sum(enrolled), 0) AS rate
FROM fact_activity
WHERE code = 'course' AND enrolled IS NOT NULL AND attendances IS NOT NULL
    AND on_date BETWEEN $start AND $finish
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY name
ORDER BY enrolled DESC, name
