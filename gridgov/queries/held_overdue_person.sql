-- Grain: one key person whose contact is overdue on the data date, strictest tier and longest first.
-- Held in a reader's memory.
SELECT
    o.person,
    o.grid_id,
    o.tier,
    o.category,
    o.last_on,
    o.since_on,
    date_diff('day', o.since_on, a.data_date) + 1 AS overdue_days
FROM fact_overdue_spell AS o
CROSS JOIN mart_as_of AS a
WHERE o.until_on IS NULL
ORDER BY CASE o.tier WHEN '每周' THEN 1 WHEN '每月' THEN 2 ELSE 3 END, o.since_on, o.person
