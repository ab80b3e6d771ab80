-- grain: one track, worker, kind of grid and month: household-days in the worker's charge, in
-- parts of $whole where several held the grid
-- parameters: $start, $end, $whole
SELECT h.track, h.worker_id, g.kind, s.month,
       sum(s.households
           * (least(h.valid_to, last_day(s.month), $end::DATE)
              - greatest(h.valid_from, s.month, $start::DATE) + 1)
           * ($whole // h.holders))::BIGINT AS household_days
FROM holding h
JOIN grid g ON g.grid_id = h.grid_id
JOIN stock s ON s.grid_id = h.grid_id
            AND s.month <= least(h.valid_to, $end::DATE)
            AND last_day(s.month) >= greatest(h.valid_from, $start::DATE)
GROUP BY h.track, h.worker_id, g.kind, s.month
ORDER BY h.track, h.worker_id, g.kind, s.month
