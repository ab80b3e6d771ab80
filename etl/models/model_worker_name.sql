-- grain: 日志中出现过的一种人员写法一行（一格多人时逐人）
-- reads: worker, worker_alias, visit~, activity~, complaint~
-- @text 原文写法
-- @worker_id 认出的格格；认不出或同名不止一人时为空
WITH cell AS (
    SELECT DISTINCT worker AS text FROM visit WHERE worker IS NOT NULL
    UNION SELECT DISTINCT workers AS text FROM activity WHERE workers IS NOT NULL
    UNION SELECT DISTINCT worker AS text FROM complaint WHERE worker IS NOT NULL
), spelling AS (
    SELECT DISTINCT split_part(cell.text, '、', k.n) AS text
    FROM cell JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) AS k (n)
        ON k.n <= length(cell.text) - length(replace(cell.text, '、', '')) + 1
), word AS (
    SELECT text, plain(text) AS word FROM spelling WHERE plain(text) <> ''
), form AS (
    SELECT plain(worker_id) AS form, worker_id, 1 AS rank FROM worker
    UNION SELECT plain(alias) AS form, worker_id, 2 AS rank FROM worker_alias
    UNION SELECT plain(name) AS form, worker_id, 3 AS rank FROM worker
), ranked AS (
    SELECT word.text, form.worker_id, dense_rank() OVER (PARTITION BY word.text ORDER BY form.rank) AS place
    FROM word JOIN form ON form.form = word.word
), best AS (
    SELECT text, min(worker_id) AS worker_id, count(DISTINCT worker_id) AS candidates
    FROM ranked WHERE place = 1 GROUP BY text
)
SELECT word.text, CASE WHEN best.candidates = 1 THEN best.worker_id END AS worker_id
FROM word LEFT JOIN best ON best.text = word.text
ORDER BY word.text
