-- Grain: one key person whose contact is overdue on the data date, strictest tier and longest first.
-- Parameters: $grid_id (NULL: all), $tier (NULL: all), $rows.
SELECT
    o.person,
    o.grid_id,
    g.name AS grid_name,
    o.tier,
    o.category,
    o.last_on,
    o.since_on,
    date_diff('day', o.since_on, a.data_date) + 1 AS overdue_days
FROM fact_overdue_spell AS o
CROSS JOIN mart_as_of AS a
LEFT JOIN grid AS g ON g.grid_id = o.grid_id
WHERE o.until_on IS NULL
    AND (CAST($tier AS VARCHAR) IS NULL OR o.tier = $tier)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR o.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
ORDER BY
    CASE o.tier WHEN '每周' THEN 1 WHEN '每月' THEN 2 ELSE 3 END,
    o.since_on,
    o.person
LIMIT $rows
