-- Grain: one person-period due behind a figure.
-- Parameters: start, finish, grid_id (NULL: all), rows. {condition} and {counted} are chosen in records.py.
SELECT
    {counted} AS is_counted,
    p.person, p.grid_id, p.tier, p.category, p.period_start, p.period_end, p.contacts,
    p.in_person_contacts, p.holder_id
FROM fact_contact_period AS p
WHERE {condition}
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR p.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY p.period_end DESC, p.person
LIMIT $rows
