-- grain: 一次走访中的一名格格一行
-- partition: on_date
-- reads: fact_visit, model_worker_name
-- @visit_id 走访编号
-- @on_date 走访日期
-- @worker_id 认出的格格；认不出时为空
-- @share 这次走访算给他几分之一：1 ÷ 写明的人数
-- length() > 0 and not <> '': over a column that is empty in every row DuckDB 2.0 fails to bind split_part(…) <> ''.
WITH named AS (
    SELECT
        v.visit_id,
        v.on_date,
        n.worker_id,
        coalesce(n.worker_id, concat('?', plain(split_part(v.worker_text, '、', k.n)))) AS who
    FROM fact_visit AS v
    JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) AS k (n)
        ON k.n <= length(v.worker_text) - length(replace(v.worker_text, '、', '')) + 1
    LEFT JOIN model_worker_name AS n ON n.text = split_part(v.worker_text, '、', k.n)
    WHERE v.on_date IN (SELECT part FROM touched) AND length(split_part(v.worker_text, '、', k.n)) > 0
), person AS (
    SELECT visit_id, on_date, who, max(worker_id) AS worker_id FROM named GROUP BY visit_id, on_date, who
)
SELECT
    visit_id,
    on_date,
    worker_id,
    CAST(1.0 / count(*) OVER (PARTITION BY visit_id) AS DECIMAL(9, 6)) AS share
FROM person
