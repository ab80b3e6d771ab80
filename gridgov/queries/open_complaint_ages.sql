-- Grain: one age in days since receipt, of the complaints open on the data date.
-- Parameters: $grid_id, $category, $source (NULL: all).
SELECT
    date_diff('day', c.on_date, a.data_date) AS age,
    count(*) AS cases,
    CAST(sum(CASE WHEN c.is_overdue THEN 1 ELSE 0 END) AS BIGINT) AS overdue
FROM held_open_complaint AS c CROSS JOIN mart_as_of AS a
WHERE (CAST($category AS VARCHAR) IS NULL OR c.category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR c.source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR c.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY age
