-- grain: one visit that found nothing before a complaint of that household, or went to a vacant home
-- parameters: $days
-- amount = days until the complaint, -1 for a vacant home
SELECT f.worker_id, f.visit_id AS event_id,
       coalesce(min(date_diff('day', f.on_date, k.on_date)), -1)::DOUBLE AS amount
FROM flag_visit f
LEFT JOIN complaint k ON k.household = f.household AND NOT f.has_need
                     AND k.created_at > f.occurred_at
                     AND k.on_date <= f.on_date + $days::INTEGER
WHERE k.complaint_id IS NOT NULL OR f.is_occupied = FALSE AND f.mode = '上门'
GROUP BY f.worker_id, f.visit_id
ORDER BY f.worker_id, f.visit_id
