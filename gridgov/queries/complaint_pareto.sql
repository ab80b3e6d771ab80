-- Grain: one complaint category, the most frequent first.
-- Parameters: $start, $finish, $grid_id, $source (NULL: all).
WITH counted AS (
    SELECT category, CAST(sum(received) AS BIGINT) AS cases, CAST(sum(out_of_scope) AS BIGINT) AS out_of_scope
    FROM mart_complaint_cell
    WHERE on_date BETWEEN $start AND $finish
        AND (CAST($source AS VARCHAR) IS NULL OR source = $source)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
    GROUP BY category
    HAVING sum(received) > 0
)
SELECT
    category,
    cases,
    out_of_scope,
    cases / sum(cases) OVER () AS share,
    sum(cases) OVER (ORDER BY cases DESC, category ROWS UNBOUNDED PRECEDING) / sum(cases) OVER () AS cumulative
FROM counted
ORDER BY cases DESC, category
