-- grain: 一次走访的一种待复核情形一行
-- partition: month of on_date
-- reads: fact_visit, fact_visit_worker, complaint[-8,0], household
-- @visit_id 走访编号
-- @on_date 走访日期
-- @grid_id 网格
-- @flag G1 重复或雷同，G3 集中补录，G4 时间可疑，G10 与诉求或空置不符
-- Default thresholds of the award method's record-level flags. A visit without a time of day
-- (midnight sharp) cannot be judged by the clock and is left out of G4.
WITH base AS (
    SELECT
        v.visit_id, v.on_date, v.grid_id, v.occurred_at, v.ended_at, v.entered_at, v.household,
        v.person, v.purpose, v.need, v.mode, v.note, w.worker_id,
        v.occurred_at <> CAST(v.on_date AS TIMESTAMP) AS has_time
    FROM fact_visit AS v
    LEFT JOIN fact_visit_worker AS w ON w.visit_id = v.visit_id AND w.on_date = v.on_date
        AND w.on_date BETWEEN touched_from() AND touched_to()
    WHERE v.on_date BETWEEN touched_from() AND touched_to()
        AND date_trunc('month', v.on_date) IN (SELECT part FROM touched)
), home AS (
    SELECT household, min(building) AS building, bool_or(is_occupied IS NOT FALSE) AS is_occupied
    FROM household GROUP BY household
), again AS (
    -- cheap to count, and nearly all visits fail it
    SELECT worker_id, on_date, household FROM base
    WHERE worker_id IS NOT NULL AND household IS NOT NULL
    GROUP BY worker_id, on_date, household HAVING count(*) >= 2
), twice AS (
    SELECT visit_id, on_date, grid_id, 'G1' AS flag
    FROM (
        SELECT b.visit_id, b.on_date, b.grid_id, count(*) OVER (
            PARTITION BY b.worker_id, b.on_date, b.household, coalesce(b.person, ''), coalesce(b.purpose, '')
        ) AS times
        FROM base AS b JOIN again AS a
            ON a.worker_id = b.worker_id AND a.on_date = b.on_date AND a.household = b.household
    ) AS counted
    WHERE times >= 2
), word AS (
    -- each text is brought to its plain form once
    SELECT note, plain(note) AS word
    FROM (SELECT DISTINCT note FROM base WHERE worker_id IS NOT NULL AND length(note) >= 8) AS text
), noted AS (
    SELECT b.visit_id, b.on_date, b.grid_id, b.worker_id, b.household, w.word, date_trunc('month', b.on_date) AS month
    FROM base AS b JOIN word AS w ON w.note = b.note
    WHERE b.worker_id IS NOT NULL
), often AS (
    -- cheaper than distinct households, and nearly all texts of a worker and month fail it
    SELECT worker_id, word, month FROM noted WHERE household IS NOT NULL
    GROUP BY worker_id, word, month
    HAVING count(*) >= 3 AND min(household) <> max(household)
), copied AS (
    SELECT n.worker_id, n.word, n.month
    FROM noted AS n JOIN often AS o ON o.worker_id = n.worker_id AND o.word = n.word AND o.month = n.month
    WHERE n.household IS NOT NULL
    GROUP BY n.worker_id, n.word, n.month
    HAVING count(DISTINCT n.household) >= 3
), alike AS (
    SELECT n.visit_id, n.on_date, n.grid_id, 'G1' AS flag
    FROM noted AS n
    JOIN copied AS c ON c.worker_id = n.worker_id AND c.word = n.word AND c.month = n.month
), entry AS (
    SELECT visit_id, on_date, grid_id, worker_id, household, date_trunc('month', on_date) AS month,
        seconds_between(TIMESTAMP '2000-01-01 00:00:00', entered_at) AS second
    FROM base WHERE entered_at IS NOT NULL AND worker_id IS NOT NULL
), dense AS (
    -- five within ten minutes, wherever the homes are; the few that are left are looked at closely
    SELECT *,
        CASE WHEN count(*) OVER (
            PARTITION BY worker_id, month ORDER BY second RANGE BETWEEN 600 PRECEDING AND CURRENT ROW
        ) >= 5 THEN 1 ELSE 0 END AS is_dense
    FROM entry
), near AS (
    SELECT *, max(is_dense) OVER (
        PARTITION BY worker_id, month ORDER BY second RANGE BETWEEN CURRENT ROW AND 600 FOLLOWING
    ) AS is_near
    FROM dense
), placed AS (
    SELECT n.visit_id, n.on_date, n.grid_id, n.worker_id, n.month, n.second, h.building
    FROM near AS n LEFT JOIN home AS h ON h.household = n.household
    WHERE n.is_near = 1
), burst AS (
    SELECT *,
        CASE WHEN count(*) OVER ten_minutes >= 5
            AND min(building) OVER ten_minutes <> max(building) OVER ten_minutes THEN 1 ELSE 0 END AS is_burst
    FROM placed
    WINDOW ten_minutes AS (PARTITION BY worker_id, month ORDER BY second RANGE BETWEEN 600 PRECEDING AND CURRENT ROW)
), batch AS (
    SELECT visit_id, on_date, grid_id, 'G3' AS flag
    FROM (
        SELECT *, max(is_burst) OVER (
            PARTITION BY worker_id, month ORDER BY second RANGE BETWEEN CURRENT ROW AND 600 FOLLOWING
        ) AS in_burst
        FROM burst
    ) AS marked
    WHERE in_burst = 1
), timed AS (
    SELECT visit_id, on_date, grid_id, worker_id, occurred_at, ended_at
    FROM base WHERE has_time AND worker_id IS NOT NULL
), crowded AS (
    SELECT worker_id, date_trunc('hour', occurred_at) AS hour_at FROM timed
    GROUP BY worker_id, date_trunc('hour', occurred_at) HAVING count(*) > 12
), clock AS (
    SELECT visit_id, on_date, grid_id, 'G4' AS flag
    FROM (
        SELECT *,
            max(ended_at) OVER (
                PARTITION BY worker_id, on_date ORDER BY occurred_at, visit_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) AS before_until,
            lead(occurred_at) OVER (PARTITION BY worker_id, on_date ORDER BY occurred_at, visit_id) AS after_from
        FROM timed
    ) AS ordered
    WHERE before_until > occurred_at
        OR after_from < ended_at
        OR seconds_between(occurred_at, ended_at) < 60
        OR hour(occurred_at) < 5
    UNION ALL
    SELECT t.visit_id, t.on_date, t.grid_id, 'G4' AS flag
    FROM timed AS t JOIN crowded AS c
        ON c.worker_id = t.worker_id AND c.hour_at = date_trunc('hour', t.occurred_at)
), contradicted AS (
    SELECT b.visit_id, b.on_date, b.grid_id, 'G10' AS flag
    FROM base AS b
    JOIN complaint AS c
        ON c.household = b.household AND c.created_at > b.occurred_at
        AND c.created_at >= touched_from() AND c.created_at < date_add(touched_to(), 9)
        AND days_between(b.on_date, CAST(c.created_at AS DATE)) <= 7
    WHERE b.need IS NULL
), vacant AS (
    SELECT b.visit_id, b.on_date, b.grid_id, 'G10' AS flag
    FROM base AS b JOIN home AS h ON h.household = b.household
    WHERE NOT h.is_occupied AND b.mode = '上门'
)
SELECT visit_id, on_date, grid_id, flag FROM twice
UNION SELECT visit_id, on_date, grid_id, flag FROM alike
UNION SELECT visit_id, on_date, grid_id, flag FROM batch
UNION SELECT visit_id, on_date, grid_id, flag FROM clock
UNION SELECT visit_id, on_date, grid_id, flag FROM contradicted
UNION SELECT visit_id, on_date, grid_id, flag FROM vacant
