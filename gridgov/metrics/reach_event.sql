-- Grain: one household reached, in the rare question that months cannot answer.
SELECT grid_id, on_date, household, 'visit' AS kind, NULL AS pillar FROM fact_visit WHERE household IS NOT NULL
UNION ALL
SELECT grid_id, on_date, household, 'shop' AS kind, NULL AS pillar
FROM fact_visit WHERE household IS NOT NULL AND category = '商户'
UNION ALL
SELECT home_grid_id AS grid_id, on_date, household, 'attendance' AS kind, pillar
FROM fact_attendance WHERE household IS NOT NULL
