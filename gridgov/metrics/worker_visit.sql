-- Grain: one named worker of a visit, with the visit's measures times that worker's share.
-- The measures are those of mart_visit_cell; the needs stand on the day that they were due.
WITH flagged AS (
    SELECT DISTINCT visit_id FROM fact_visit_flag
), event AS (
    SELECT
        v.grid_id, v.on_date, v.need_due, v.category AS person_category, v.mode, v.tier, w.worker_id AS worker,
        CAST(w.share AS DOUBLE) AS share, v.met, v.need, v.entered_at, v.late_hours, v.purpose,
        v.need_closed_at, v.visit_id
    FROM fact_visit AS v JOIN fact_visit_worker AS w ON w.visit_id = v.visit_id
    WHERE w.worker_id IS NOT NULL
)
SELECT
    e.grid_id, e.on_date, e.person_category, e.mode, e.tier, e.worker,
    e.share AS visits,
    e.share * CAST(e.met IS TRUE AS INTEGER) AS met,
    e.share * CAST(e.met IS NOT NULL AS INTEGER) AS met_known,
    e.share * CAST(e.need IS NOT NULL AS INTEGER) AS needs,
    e.share * CAST(e.entered_at IS NOT NULL AS INTEGER) AS entered,
    e.share * CAST(coalesce(e.late_hours > 72, false) AS INTEGER) AS late,
    e.share * CAST(f.visit_id IS NOT NULL AS INTEGER) AS flagged,
    e.share * CAST(coalesce(e.tier = '每周', false) AND e.met IS NOT FALSE AS INTEGER) AS contacts,
    e.share * CAST(coalesce(e.tier = '每周' AND e.mode = '上门', false) AND e.met IS NOT FALSE AS INTEGER) AS in_person,
    e.share * CAST(coalesce(e.purpose LIKE '%年审%' AND e.mode = '上门', false) AS INTEGER) AS home_certifications,
    0.0 AS needs_due, 0.0 AS needs_in_time, 0.0 AS recert_due, 0.0 AS recert_in_time
FROM event AS e LEFT JOIN flagged AS f ON f.visit_id = e.visit_id
UNION ALL
SELECT
    grid_id, need_due AS on_date, person_category, mode, tier, worker,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    share * CAST(need IS NOT NULL AS INTEGER),
    share * CAST(need IS NOT NULL AND coalesce(CAST(need_closed_at AS DATE) <= need_due, false) AS INTEGER),
    share * CAST(coalesce(purpose LIKE '%年审%', false) AS INTEGER),
    share * CAST(coalesce(purpose LIKE '%年审%' AND CAST(need_closed_at AS DATE) <= need_due, false) AS INTEGER)
FROM event
WHERE need_due IS NOT NULL
