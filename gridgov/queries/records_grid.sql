-- Grain: one grid behind a figure.
-- Parameters: finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    g.grid_id, g.name, g.level, g.parent_id, g.has_party_organisation
FROM grid AS g
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR g.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY g.grid_id
LIMIT $rows
