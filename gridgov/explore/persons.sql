-- Grain: one cell of a cut: how many distinct persons stand behind it.
-- Parameters: metric (SV1 or SV7), start, finish, grid_id (NULL: all), first, second ('' or tier, person_category, mode, grid:<level>),
-- grain ('' or day … year), tiers, categories, modes (lists, NULL: all).
-- SV1 counts a person once a period, SV7 once a contact: a few persons make many of either.
WITH event AS (
    SELECT person, grid_id, tier, category, CAST(NULL AS VARCHAR) AS mode, period_end AS on_date
    FROM fact_contact_period
    WHERE $metric = 'SV1' AND is_complete
    UNION ALL
    SELECT person, grid_id, tier, category, mode, on_date
    FROM fact_visit
    WHERE $metric = 'SV7' AND tier = '每周' AND person IS NOT NULL AND met IS DISTINCT FROM false
),
chosen AS (
    SELECT *
    FROM event
    WHERE on_date BETWEEN $start AND $finish
        AND ($tiers::VARCHAR[] IS NULL OR list_contains($tiers::VARCHAR[], tier))
        AND ($categories::VARCHAR[] IS NULL OR list_contains($categories::VARCHAR[], category))
        AND ($modes::VARCHAR[] IS NULL OR list_contains($modes::VARCHAR[], mode))
        AND (
            CAST($grid_id AS VARCHAR) IS NULL
            OR grid_id IN (SELECT grid_id FROM grid_closure WHERE ancestor_id = $grid_id)
        )
)
SELECT
    CASE $first WHEN '' THEN '' WHEN 'tier' THEN coalesce(e.tier, '')
        WHEN 'person_category' THEN coalesce(e.category, '') WHEN 'mode' THEN coalesce(e.mode, '')
        ELSE coalesce(one.ancestor_id, '') END AS key_1,
    CASE $second WHEN '' THEN '' WHEN 'tier' THEN coalesce(e.tier, '')
        WHEN 'person_category' THEN coalesce(e.category, '') WHEN 'mode' THEN coalesce(e.mode, '')
        ELSE coalesce(two.ancestor_id, '') END AS key_2,
    CAST(CASE $grain WHEN '' THEN NULL WHEN 'day' THEN e.on_date
        WHEN 'week' THEN date_trunc('week', e.on_date) WHEN 'month' THEN date_trunc('month', e.on_date)
        WHEN 'quarter' THEN date_trunc('quarter', e.on_date) WHEN 'year' THEN date_trunc('year', e.on_date)
        ELSE make_date(year(e.on_date), CASE WHEN month(e.on_date) <= 6 THEN 1 ELSE 7 END, 1) END AS DATE) AS bucket,
    count(DISTINCT e.person) AS persons
FROM chosen AS e
LEFT JOIN grid_closure AS one ON one.grid_id = e.grid_id AND 'grid:' || one.ancestor_level = $first
LEFT JOIN grid_closure AS two ON two.grid_id = e.grid_id AND 'grid:' || two.ancestor_level = $second
GROUP BY ALL
