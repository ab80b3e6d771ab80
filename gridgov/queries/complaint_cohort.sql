-- Grain: one state of authority (inside, outside, not stated): how far the complaints received in the
-- months have come by the data date.
-- Parameters: $start, $finish (whole months), $units (grids with others below), $category, $source (NULL: all).
SELECT
    in_scope,
    CAST(sum(received) AS BIGINT) AS received,
    CAST(sum(contacted) AS BIGINT) AS contacted,
    CAST(sum(closed) AS BIGINT) AS closed,
    CAST(sum(called) AS BIGINT) AS called,
    CAST(sum(answered) AS BIGINT) AS answered,
    CAST(sum(resolved) AS BIGINT) AS resolved,
    CAST(sum(satisfied) AS BIGINT) AS satisfied,
    CAST(sum(judged) AS BIGINT) AS judged,
    CAST(sum(due) AS BIGINT) AS due,
    CAST(sum(on_time) AS BIGINT) AS on_time
FROM mart_complaint_cohort_month
WHERE month BETWEEN $start AND $finish
    AND grid_id IN (SELECT unnest($units::VARCHAR[]))
    AND (CAST($category AS VARCHAR) IS NULL OR category = $category)
    AND (CAST($source AS VARCHAR) IS NULL OR source = $source)
GROUP BY in_scope
ORDER BY in_scope DESC NULLS LAST
