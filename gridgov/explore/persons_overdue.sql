-- Grain: one overdue key person in one cell of a cut of SV2, as of the end of each bucket.
-- Parameters: buckets, ends (lists of dates, as long as each other), grid_id (NULL: all), units (grids of the split, NULL: none), by_tier.
WITH moment AS (
    SELECT unnest($buckets::DATE[]) AS bucket, unnest($ends::DATE[]) AS end_on
),
unit AS (
    SELECT grid_id, ancestor_id FROM grid_closure WHERE list_contains($units::VARCHAR[], ancestor_id)
)
SELECT DISTINCT
    coalesce(u.ancestor_id, '') AS grid,
    CASE WHEN $by_tier THEN coalesce(s.tier, '') ELSE '' END AS tier,
    m.bucket,
    s.person AS who
FROM moment AS m
JOIN fact_overdue_spell AS s ON s.since_on <= m.end_on AND (s.until_on IS NULL OR s.until_on > m.end_on)
LEFT JOIN unit AS u ON u.grid_id = s.grid_id
WHERE CAST($grid_id AS VARCHAR) IS NULL
    OR s.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
