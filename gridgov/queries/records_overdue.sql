-- Grain: one key person overdue on the last day asked for.
-- Parameters: finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    o.person, o.grid_id, o.tier, o.category, o.last_on, o.since_on, o.until_on
FROM fact_overdue_spell AS o
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR o.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY o.since_on, o.person
LIMIT $rows
