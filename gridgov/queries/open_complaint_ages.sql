-- Grain: one age band of the complaints open on the data date; bands without a case included.
-- Parameters: $grid_id, $category, $source (NULL: all). Age in days since receipt.
WITH band AS (
    SELECT * FROM (
        VALUES (1, 0, 3), (2, 4, 7), (3, 8, 15), (4, 16, 30), (5, 31, 90), (6, 91, NULL)
    ) AS b (place, from_days, to_days)
), aged AS (
    SELECT date_diff('day', c.on_date, a.data_date) AS age, c.is_overdue
    FROM fact_complaint AS c CROSS JOIN mart_as_of AS a
    WHERE c.is_open
        AND (CAST($category AS VARCHAR) IS NULL OR c.category = $category)
        AND (CAST($source AS VARCHAR) IS NULL OR c.source = $source)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
)
SELECT
    band.from_days,
    band.to_days,
    count(aged.age) AS cases,
    count(CASE WHEN aged.is_overdue THEN 1 END) AS overdue
FROM band
LEFT JOIN aged ON aged.age >= band.from_days AND (band.to_days IS NULL OR aged.age <= band.to_days)
GROUP BY band.place, band.from_days, band.to_days
ORDER BY band.place
