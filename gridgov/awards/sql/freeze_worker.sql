-- grain: one worker with first day in post, leave in the period and capacity
-- parameters: $start, $end
WITH post AS (
    SELECT worker_id, min(valid_from) AS first_day,
           sum(CASE WHEN valid_from <= $end::DATE AND coalesce(valid_to, $end::DATE) >= $start::DATE
                    THEN coalesce(leave_days, 0)::DOUBLE
                         * (least(coalesce(valid_to, $end::DATE), $end::DATE)
                            - greatest(valid_from, $start::DATE) + 1)
                         / (least(coalesce(valid_to, $end::DATE), $data_date::DATE) - valid_from + 1)
                    ELSE 0 END) AS leave_days
    FROM tenure
    GROUP BY worker_id
)
SELECT w.worker_id, w.name, w.kind, w.capacity::INTEGER AS capacity, post.first_day,
       coalesce(floor(post.leave_days + 0.5), 0)::INTEGER AS leave_days
FROM worker w
JOIN post ON post.worker_id = w.worker_id
ORDER BY w.worker_id
