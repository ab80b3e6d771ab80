-- Grain: one activity behind a figure.
-- Parameters: start, finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    a.activity_id, a.started_at, a.grid_id, a.name, a.type, a.pillar, a.place, a.attendances, a.households,
    a.first_timers, a.partners, a.speaker, a.team, a.services, a.enrolled, a.satisfied, a.rated
FROM fact_activity AS a
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR a.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY a.started_at DESC, a.activity_id
LIMIT $rows
