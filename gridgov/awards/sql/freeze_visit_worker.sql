-- grain: one named worker of a visit; `named` = how many are named on it
-- parameters: $since, $end
SELECT visit_id, worker_id, round(1 / share)::INTEGER AS named
FROM fact_visit_worker
WHERE worker_id IS NOT NULL AND on_date BETWEEN $since::DATE AND $end::DATE
ORDER BY visit_id, worker_id
