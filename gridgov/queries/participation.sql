-- Grain: one pillar and activity type with activities in the period.
-- Parameters: $start, $finish, $grid_id, $pillar (NULL: all).
SELECT
    pillar,
    type,
    CAST(sum(activities) AS BIGINT) AS activities,
    CAST(sum(planned) AS BIGINT) AS planned,
    CAST(sum(attendances) AS BIGINT) AS attendances,
    CAST(sum(first_timers) AS BIGINT) AS first_timers,
    CAST(sum(first_base) AS BIGINT) AS first_base,
    CAST(sum(satisfied) AS BIGINT) AS satisfied,
    CAST(sum(rated) AS BIGINT) AS rated
FROM mart_activity_cell
WHERE on_date BETWEEN $start AND $finish
    AND (CAST($pillar AS VARCHAR) IS NULL OR pillar = $pillar)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY pillar, type
ORDER BY activities DESC, pillar, type
