-- Grain: one key person whose contact is overdue on the data date; `place` is that of the tier, the
-- strictest first. Held in a reader's memory.
SELECT
    CASE tier WHEN '每周' THEN 1 WHEN '每月' THEN 2 ELSE 3 END AS place,
    since_on, person, grid_id, tier, category, last_on
FROM fact_overdue_spell
WHERE until_on IS NULL
ORDER BY place, since_on, person
