-- Grain: one kind of resident with key persons listed in whole months: their households, and how many of those attended.
-- As reach_by_category.sql. Parameters: $start, $finish (whole months), $grid_id (NULL: all).
WITH attended AS (
    SELECT household FROM mart_household_month
    WHERE kind = 'attendance' AND pillar = '' AND month BETWEEN $start AND $finish
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
), listed AS (
    SELECT DISTINCT category, household FROM key_person
    WHERE household IS NOT NULL AND category IS NOT NULL
        AND (valid_from IS NULL OR valid_from <= $finish) AND (valid_to IS NULL OR valid_to >= $start)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
)
SELECT
    category,
    count(*) AS listed,
    CAST(sum(CASE WHEN household IN (SELECT household FROM attended) THEN 1 ELSE 0 END) AS BIGINT) AS listed_attended
FROM listed
GROUP BY category
ORDER BY category
