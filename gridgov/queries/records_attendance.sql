-- Grain: one household signed in at one activity.
-- Parameters: start, finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    s.household, s.home_grid_id AS grid_id, s.on_date, s.activity_id, a.name AS activity, s.persons,
    s.category, s.first_time, s.pillar
FROM fact_attendance AS s
LEFT JOIN fact_activity AS a ON a.activity_id = s.activity_id
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR s.home_grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY s.on_date DESC, s.activity_id, s.household
LIMIT $rows
