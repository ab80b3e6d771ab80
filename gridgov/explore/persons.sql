-- Grain: one resident in one cell of a cut, by the visits to them (and, by worker, by the contacts due).
-- Parameters: metric (one that counts residents, but SV2), start, finish, grid_id (NULL: all), units (grids of the split, NULL: none),
-- by_tier, by_category, by_mode, by_worker (booleans: which columns tell cells apart), grain ('' or day … year),
-- part ('all'; 'inside': records of the units alone; 'unknown': records without a grid alone),
-- days, hour (only visits of these days, in that hour, NULL: all; never for SV1 and SV8).
-- `grid` is the place of the unit, from 1; 0: none of them. `who` is a number that stands for the resident.
-- SV1 and SV8 count a person once a period, SV7 once a contact. Other visits are counted by home: unnamed visits have no person, and
-- one home counted once never makes two residents of one. Visits without either are one resident together.
WITH event AS (
    SELECT person AS who, grid_id, tier, category AS person_category, CAST(NULL AS VARCHAR) AS mode, holder_id AS worker,
        period_end AS on_date
    FROM fact_contact_period
    WHERE $metric IN ('SV1', 'SV8') AND is_complete
    UNION ALL
    SELECT CASE WHEN $metric = 'SV7' THEN v.person ELSE coalesce(v.household, v.person) END AS who,
        v.grid_id, v.tier, v.category AS person_category, v.mode, w.worker_id AS worker,
        CASE WHEN $metric IN ('SV6', 'ML1') THEN v.need_due ELSE v.on_date END AS on_date
    FROM fact_visit AS v
    LEFT JOIN (SELECT visit_id, worker_id FROM fact_visit_worker WHERE $by_worker) AS w ON $by_worker AND w.visit_id = v.visit_id
    WHERE CASE $metric
            WHEN 'SV4' THEN v.met IS NOT NULL
            WHEN 'SV5' THEN true
            WHEN 'SV6' THEN v.need IS NOT NULL
            WHEN 'SV7' THEN v.tier = '每周' AND v.met IS DISTINCT FROM false
            WHEN 'SV9' THEN v.entered_at IS NOT NULL
            WHEN 'SV10' THEN true
            WHEN 'ML1' THEN v.purpose LIKE '%年审%'
            WHEN 'ML2' THEN v.purpose LIKE '%年审%' AND v.mode = '上门'
            ELSE false END
        AND ($metric IN ('SV6', 'ML1') OR v.on_date BETWEEN $start AND $finish)
        AND ($days::DATE[] IS NULL OR v.on_date BETWEEN list_min($days::DATE[]) AND list_max($days::DATE[]))
        AND ($days::DATE[] IS NULL OR list_contains($days::DATE[], v.on_date))
        AND ($hour::INTEGER IS NULL OR hour(v.occurred_at) = $hour)
),
chosen AS (
    SELECT *
    FROM event
    WHERE on_date BETWEEN $start AND $finish
        AND ($part <> 'unknown' OR grid_id IS NULL)
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
),
unit AS (
    SELECT c.grid_id, u.place
    FROM grid_closure AS c
    JOIN (SELECT unnest($units::VARCHAR[]) AS grid_id, generate_subscripts($units::VARCHAR[], 1) AS place) AS u ON u.grid_id = c.ancestor_id
)
SELECT DISTINCT
    CAST(coalesce(u.place, 0) AS INTEGER) AS grid,
    CASE WHEN $by_tier THEN coalesce(e.tier, '') ELSE '' END AS tier,
    CASE WHEN $by_category THEN coalesce(e.person_category, '') ELSE '' END AS person_category,
    CASE WHEN $by_mode THEN coalesce(e.mode, '') ELSE '' END AS mode,
    CASE WHEN $by_worker THEN coalesce(e.worker, '') ELSE '' END AS worker,
    CAST(CASE $grain WHEN '' THEN NULL WHEN 'day' THEN e.on_date
        WHEN 'week' THEN date_trunc('week', e.on_date) WHEN 'month' THEN date_trunc('month', e.on_date)
        WHEN 'quarter' THEN date_trunc('quarter', e.on_date) WHEN 'year' THEN date_trunc('year', e.on_date)
        ELSE make_date(year(e.on_date), CASE WHEN month(e.on_date) <= 6 THEN 1 ELSE 7 END, 1) END AS DATE) AS bucket,
    hash(coalesce(e.who, '')) AS who
FROM chosen AS e
LEFT JOIN unit AS u ON u.grid_id = e.grid_id
WHERE $part <> 'inside' OR u.place IS NOT NULL
