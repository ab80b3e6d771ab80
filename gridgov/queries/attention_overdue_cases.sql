-- Grain: one complaint category with cases that are open past their deadline, of a grid subtree.
-- Parameters: $as_of (data date), $grid_id (NULL: everything visible), $category, $source (NULL: all).
SELECT
    coalesce(category, '未分类') AS category,
    CAST(count(*) AS INTEGER) AS cases,
    CAST(count(*) FILTER (WHERE date_diff('day', CAST(due_at AS DATE), $as_of) > 30) AS INTEGER)
        AS over_30_days,
    CAST(max(date_diff('day', CAST(due_at AS DATE), $as_of)) AS INTEGER) AS longest_days,
    arg_max(grid_id, date_diff('day', CAST(due_at AS DATE), $as_of)) AS worst_grid_id
FROM held_open_complaint
WHERE
    is_overdue
    AND (CAST($category AS VARCHAR) IS NULL OR category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR source = $source)
    AND (
        CAST($grid_id AS VARCHAR) IS NULL
        OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
    )
GROUP BY ALL
ORDER BY over_30_days DESC, cases DESC, category
