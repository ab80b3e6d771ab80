-- Grain: one kind of resident: distinct households that attended, beside the households of the key
-- persons of that kind listed in the period and how many of those attended.
-- Parameters: $start, $finish, $grid_id (NULL: all).
WITH attended AS (
    SELECT category, household FROM fact_attendance
    WHERE on_date BETWEEN $start AND $finish
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR home_grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
), by_kind AS (
    SELECT category, count(DISTINCT household) AS households FROM attended
    WHERE category IS NOT NULL GROUP BY category
), listed AS (
    SELECT DISTINCT category, household FROM key_person
    WHERE household IS NOT NULL AND category IS NOT NULL
        AND (valid_from IS NULL OR valid_from <= $finish) AND (valid_to IS NULL OR valid_to >= $start)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
), key_kind AS (
    SELECT l.category, count(*) AS listed, count(a.household) AS listed_attended
    FROM listed AS l LEFT JOIN (SELECT DISTINCT household FROM attended) AS a ON a.household = l.household
    GROUP BY l.category
)
SELECT
    coalesce(b.category, k.category) AS category,
    coalesce(b.households, 0) AS households,
    coalesce(k.listed, 0) AS listed,
    coalesce(k.listed_attended, 0) AS listed_attended
FROM by_kind AS b FULL JOIN key_kind AS k ON k.category = b.category
ORDER BY category
