-- grain: one visit that could matter to the period; its text is left behind
-- parameters: $since, $start, $end, $declared
WITH named AS (
    SELECT visit_id, string_agg(worker_id, '、' ORDER BY worker_id) AS workers
    FROM fact_visit_worker
    WHERE worker_id IS NOT NULL
    GROUP BY visit_id
)
SELECT v.visit_id, v.on_date, v.occurred_at, v.ended_at, v.entered_at, v.grid_id,
       coalesce(named.workers, '') AS workers,
       CAST('0x' || left(md5(v.household), 12) AS BIGINT) AS household,
       CAST('0x' || left(md5(v.person), 12) AS BIGINT) AS person,
       coalesce(v.met, TRUE) AS met, coalesce(v.mode, '') AS mode, coalesce(v.purpose, '') AS purpose,
       v.need IS NOT NULL AS has_need, v.need_due, v.need_closed_at,
       h.building, h.is_occupied,
       list_contains($declared::VARCHAR[], coalesce(v.purpose, ''))
           OR list_contains($declared::VARCHAR[], coalesce(v.mode, '')) AS is_declared,
       regexp_replace(lower(coalesce(v.note, '')), '[\s\p{P}\p{S}0-9]', '', 'g') AS note
FROM fact_visit v
LEFT JOIN named ON named.visit_id = v.visit_id
LEFT JOIN household h ON h.household = v.household
WHERE v.on_date BETWEEN $since::DATE AND $end::DATE
  AND (v.on_date >= $start::DATE OR v.person IS NOT NULL OR v.need_due >= $start::DATE)
ORDER BY v.visit_id
