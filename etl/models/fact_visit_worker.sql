-- grain: 一次走访中的一名格格一行
-- partition: on_date
-- reads: fact_visit, model_worker_name
-- @visit_id 走访编号
-- @on_date 走访日期
-- @worker_id 认出的格格；认不出时为空
-- @share 这次走访算给他几分之一：1 ÷ 写明的人数
-- The same few texts come again and again, so each is taken apart once.
-- length() > 0 and not <> '': over a column that is empty in every row DuckDB 2.0 fails to bind split_part(…) <> ''.
WITH cell AS (
    SELECT DISTINCT worker_text FROM fact_visit WHERE on_date IN (SELECT part FROM touched)
), named AS (
    SELECT
        c.worker_text,
        n.worker_id,
        coalesce(n.worker_id, concat('?', plain(split_part(c.worker_text, '、', k.n)))) AS who
    FROM cell AS c
    JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) AS k (n)
        ON k.n <= length(c.worker_text) - length(replace(c.worker_text, '、', '')) + 1
    LEFT JOIN model_worker_name AS n ON n.text = split_part(c.worker_text, '、', k.n)
    WHERE length(split_part(c.worker_text, '、', k.n)) > 0
), person AS (
    SELECT worker_text, who, max(worker_id) AS worker_id FROM named GROUP BY worker_text, who
), shared AS (
    SELECT
        worker_text,
        worker_id,
        CAST(1.0 / count(*) OVER (PARTITION BY worker_text) AS DECIMAL(9, 6)) AS share
    FROM person
)
SELECT v.visit_id, v.on_date, s.worker_id, s.share
FROM fact_visit AS v JOIN shared AS s ON s.worker_text = v.worker_text
WHERE v.on_date IN (SELECT part FROM touched)
