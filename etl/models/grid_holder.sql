-- grain: 一个网格、一名格格、一段在岗人员不变的时间一行
-- reads: tenure, worker
-- @grid_id 网格
-- @worker_id 格格
-- @kind 一般或微
-- @valid_from 起（含）
-- @valid_to 止（含）；在任时为 9999-12-31
-- @holders 这段时间同时在岗几人
-- @is_lead 这段时间记到谁名下：最后到岗的一人，同日到岗按编号
WITH spell AS (
    SELECT DISTINCT
        grid_id, worker_id, valid_from, coalesce(valid_to, DATE '9999-12-31') AS valid_to
    FROM tenure WHERE valid_from IS NOT NULL
), edge AS (
    SELECT grid_id, valid_from AS starts FROM spell
    UNION
    SELECT grid_id, date_add(valid_to, 1) AS starts FROM spell WHERE valid_to < DATE '9999-12-31'
), segment AS (
    SELECT
        grid_id, starts,
        coalesce(date_add(lead(starts) OVER (PARTITION BY grid_id ORDER BY starts), -1), DATE '9999-12-31') AS ends
    FROM edge
), held AS (
    SELECT
        segment.grid_id, spell.worker_id, segment.starts, segment.ends,
        max(spell.valid_from) AS since
    FROM segment JOIN spell
        ON spell.grid_id = segment.grid_id
        AND spell.valid_from <= segment.starts AND spell.valid_to >= segment.ends
    GROUP BY segment.grid_id, spell.worker_id, segment.starts, segment.ends
)
SELECT
    held.grid_id,
    held.worker_id,
    worker.kind,
    held.starts AS valid_from,
    held.ends AS valid_to,
    CAST(count(*) OVER (PARTITION BY held.grid_id, held.starts) AS INTEGER) AS holders,
    row_number() OVER (
        PARTITION BY held.grid_id, held.starts ORDER BY held.since DESC, held.worker_id
    ) = 1 AS is_lead
FROM held LEFT JOIN worker ON worker.worker_id = held.worker_id
ORDER BY held.grid_id, held.starts
