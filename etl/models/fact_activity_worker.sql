-- grain: 一场活动中的一名组织者一行
-- partition: on_date
-- reads: activity, model_worker_name
-- @activity_id 活动编号
-- @on_date 活动日期
-- @worker_id 认出的格格；认不出时为空
-- @share 这场活动算给他几分之一：1 ÷ 写明的人数
-- length() > 0 and not <> '': over a column that is empty in every row DuckDB 2.0 fails to bind split_part(…) <> ''.
WITH named AS (
    SELECT
        a.activity_id,
        CAST(a.started_at AS DATE) AS on_date,
        n.worker_id,
        coalesce(n.worker_id, concat('?', plain(split_part(a.workers, '、', k.n)))) AS who
    FROM activity AS a
    JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) AS k (n)
        ON k.n <= length(a.workers) - length(replace(a.workers, '、', '')) + 1
    LEFT JOIN model_worker_name AS n ON n.text = split_part(a.workers, '、', k.n)
    WHERE a.started_at >= touched_from() AND a.started_at < date_add(touched_to(), 1)
        AND CAST(a.started_at AS DATE) IN (SELECT part FROM touched) AND length(split_part(a.workers, '、', k.n)) > 0
), person AS (
    SELECT activity_id, on_date, who, max(worker_id) AS worker_id FROM named GROUP BY activity_id, on_date, who
)
SELECT
    activity_id,
    on_date,
    worker_id,
    CAST(1.0 / count(*) OVER (PARTITION BY activity_id) AS DECIMAL(9, 6)) AS share
FROM person
