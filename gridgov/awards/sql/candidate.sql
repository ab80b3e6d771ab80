-- grain: one candidate of a track; who held a grid of the track's level for a day of the period
-- parameters: $start, $end
-- Days on which several grids were held count once. The grid held longest is the main one.
WITH piece AS (
    SELECT track, worker_id, grid_id, greatest(valid_from, $start::DATE) AS since,
           least(valid_to, $end::DATE) AS until
    FROM holding
    WHERE valid_from <= $end::DATE AND valid_to >= $start::DATE
),
held AS (
    SELECT DISTINCT track, worker_id, unnest(range(since, until + 1, INTERVAL 1 DAY))::DATE AS on_date
    FROM piece
),
in_post AS (
    SELECT track, worker_id, count(*)::INTEGER AS days FROM held GROUP BY track, worker_id
),
longest AS (
    SELECT track, worker_id, grid_id,
           row_number() OVER (PARTITION BY track, worker_id
                              ORDER BY sum(until - since + 1) DESC, max(until) DESC, grid_id) AS position
    FROM piece
    GROUP BY track, worker_id, grid_id
),
leader AS (
    SELECT h.grid_id AS general_id, w.name AS leader,
           row_number() OVER (PARTITION BY h.grid_id
                              ORDER BY sum(least(h.valid_to, $end::DATE)
                                           - greatest(h.valid_from, $start::DATE) + 1) DESC,
                                       h.worker_id) AS position
    FROM holding h
    JOIN grid g ON g.grid_id = h.grid_id AND g.level = '一般'
    JOIN worker w ON w.worker_id = h.worker_id
    WHERE h.valid_from <= $end::DATE AND h.valid_to >= $start::DATE
    GROUP BY h.grid_id, h.worker_id, w.name
)
SELECT p.track, p.worker_id, w.name, l.grid_id, g.name AS grid_name, g.kind,
       coalesce(g.general_id, '') AS general_id, coalesce(g.general_name, '') AS general_name,
       coalesce(leader.leader, '') AS leader, coalesce(g.stratum_id, '') AS stratum_id,
       g.stratum_name, p.days AS in_post_days, w.leave_days,
       greatest($end::DATE - w.first_day + 1, 0)::INTEGER AS tenure_days, w.capacity
FROM in_post p
JOIN worker w ON w.worker_id = p.worker_id
JOIN longest l ON l.track = p.track AND l.worker_id = p.worker_id AND l.position = 1
JOIN grid g ON g.grid_id = l.grid_id
LEFT JOIN leader ON leader.general_id = g.general_id AND leader.position = 1
ORDER BY p.track, p.worker_id
