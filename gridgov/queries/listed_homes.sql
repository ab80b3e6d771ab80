-- Grain: one key person's spell on the list with a household, the households numbered.
-- Parameters: none.
WITH home AS (
    SELECT household, row_number() OVER (ORDER BY household) - 1 AS home
    FROM (SELECT DISTINCT household FROM key_person WHERE household IS NOT NULL AND category IS NOT NULL) AS h
)
SELECT
    k.category,
    k.grid_id,
    home.home,
    coalesce(k.valid_from, DATE '1900-01-01') AS from_on,
    coalesce(k.valid_to, DATE '2199-12-31') AS to_on
FROM key_person AS k JOIN home ON home.household = k.household
WHERE k.category IS NOT NULL
