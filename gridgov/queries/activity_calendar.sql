-- Grain: one day with activities.
-- Parameters: $start, $finish, $grid_id, $pillar (NULL: all).
SELECT
    on_date,
    CAST(sum(activities) AS BIGINT) AS activities,
    CAST(sum(attendances) AS BIGINT) AS attendances
FROM mart_activity_cell
WHERE on_date BETWEEN $start AND $finish
    AND (CAST($pillar AS VARCHAR) IS NULL OR pillar = $pillar)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY on_date
ORDER BY on_date
