-- grain: one complaint received or due in the period; its text is left behind
-- parameters: $since, $start, $end
SELECT complaint_id, on_date, created_at, closed_at, due_at::DATE AS due_on, grid_id, worker_id,
       coalesce(category, '') AS category, coalesce(source, '') AS source,
       coalesce(found_by, '') AS found_by,
       CAST('0x' || left(md5(household), 12) AS BIGINT) AS household,
       coalesce(in_scope, TRUE) AS in_scope, called_back, resolved, satisfied,
       coalesce(is_on_time, FALSE) AS is_on_time, coalesce(is_repeat, FALSE) AS is_repeat
FROM fact_complaint
WHERE on_date BETWEEN $since::DATE AND $end::DATE
  AND (on_date >= $start::DATE OR due_at::DATE BETWEEN $start::DATE AND $end::DATE)
ORDER BY complaint_id
