-- Grain: one month and grid in which a household with key persons attended; numbers as in listed_homes.sql.
-- Parameters: none.
WITH home AS (
    SELECT household, row_number() OVER (ORDER BY household) - 1 AS home
    FROM (SELECT DISTINCT household FROM key_person WHERE household IS NOT NULL AND category IS NOT NULL) AS h
)
SELECT m.grid_id, m.month, home.home
FROM mart_household_month AS m JOIN home ON home.household = m.household
WHERE m.kind = 'attendance' AND m.pillar = ''
