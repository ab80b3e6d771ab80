-- Grain: one overdue key person in one cell of a cut of SV2, as of the end of each bucket.
-- Parameters: buckets, ends (lists of dates, as long as each other), grid_id (NULL: all), units (grids of the split, NULL: none), by_tier.
-- `grid` is the place of the unit, from 1; 0: none of them. `who` is a number that stands for the person.
WITH moment AS (
    SELECT unnest($buckets::DATE[]) AS bucket, unnest($ends::DATE[]) AS end_on
),
unit AS (
    SELECT c.grid_id, u.place
    FROM grid_closure AS c
    JOIN (SELECT unnest($units::VARCHAR[]) AS grid_id, generate_subscripts($units::VARCHAR[], 1) AS place) AS u ON u.grid_id = c.ancestor_id
)
SELECT DISTINCT
    CAST(coalesce(u.place, 0) AS INTEGER) AS grid,
    CASE WHEN $by_tier THEN coalesce(s.tier, '') ELSE '' END AS tier,
    m.bucket,
    hash(coalesce(s.person, '')) AS who
FROM moment AS m
JOIN fact_overdue_spell AS s ON s.since_on <= m.end_on AND (s.until_on IS NULL OR s.until_on > m.end_on)
LEFT JOIN unit AS u ON u.grid_id = s.grid_id
WHERE CAST($grid_id AS VARCHAR) IS NULL
    OR s.grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
