-- Grain: one key person whose contact is overdue on the data date, strictest tier and longest first.
-- Parameters: $grid_id (NULL: all), $tier (NULL: all), $rows.
SELECT
    o.person,
    o.grid_id,
    o.tier,
    o.category,
    o.last_on,
    o.since_on,
    date_diff('day', o.since_on, a.data_date) + 1 AS overdue_days
FROM held_overdue_person AS o
CROSS JOIN mart_as_of AS a
WHERE (CAST($tier AS VARCHAR) IS NULL OR o.tier = $tier)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR o.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY o.place, o.since_on, o.person
LIMIT $rows
