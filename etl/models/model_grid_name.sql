-- grain: 日志中出现过的一种网格写法一行
-- reads: grid, grid_closure, visit~, activity~, complaint~
-- @text 原文写法
-- @grid_id 认出的网格；认不出或不止一个可能时为空
-- Best match wins: number, own name with or without its upper grids' names, a longer text that ends
-- in such a name, a shorter one in which such a name ends. Two grids equally good: nobody.
WITH spelling AS (
    SELECT DISTINCT grid AS text FROM visit WHERE grid IS NOT NULL
    UNION SELECT DISTINCT grid AS text FROM activity WHERE grid IS NOT NULL
    UNION SELECT DISTINCT grid AS text FROM complaint WHERE grid IS NOT NULL
), word AS (
    SELECT text, plain(text) AS word FROM spelling
), form AS (
    SELECT grid_id, plain(name) AS form, 2 AS rank FROM grid
    UNION SELECT grid_id, plain(grid_id) AS form, 1 AS rank FROM grid
    UNION
    SELECT c.grid_id, concat(plain(a.name), plain(g.name)) AS form, 2 AS rank
    FROM grid_closure AS c
    JOIN grid AS g ON g.grid_id = c.grid_id
    JOIN grid AS a ON a.grid_id = c.ancestor_id
    WHERE c.depth > 0
    UNION
    SELECT c.grid_id, concat(plain(a.name), plain(b.name), plain(g.name)) AS form, 2 AS rank
    FROM grid_closure AS c
    JOIN grid AS g ON g.grid_id = c.grid_id
    JOIN grid AS a ON a.grid_id = c.ancestor_id
    JOIN grid AS b ON b.grid_id = g.parent_id
    WHERE c.depth > 1
), exact_match AS (
    SELECT word.text, form.grid_id, form.rank, 0 AS away
    FROM word JOIN form ON form.form = word.word
), unmatched AS (
    SELECT word.text, word.word FROM word LEFT JOIN exact_match ON exact_match.text = word.text
    WHERE exact_match.text IS NULL AND length(word.word) >= 2
), loose_match AS (
    SELECT u.text, f.grid_id, 3 AS rank, length(u.word) - length(f.form) AS away
    FROM unmatched AS u JOIN form AS f
        ON length(f.form) >= 2 AND length(u.word) > length(f.form)
        AND right(u.word, length(f.form)) = f.form
    UNION ALL
    SELECT u.text, f.grid_id, 4 AS rank, 0 AS away
    FROM unmatched AS u JOIN form AS f
        ON f.rank = 2 AND length(f.form) > length(u.word)
        AND right(f.form, length(u.word)) = u.word
), ranked AS (
    SELECT
        text, grid_id, dense_rank() OVER (PARTITION BY text ORDER BY rank, away) AS place
    FROM (SELECT * FROM exact_match UNION ALL SELECT * FROM loose_match) AS found
), best AS (
    SELECT text, min(grid_id) AS grid_id, count(DISTINCT grid_id) AS candidates
    FROM ranked WHERE place = 1 GROUP BY text
)
SELECT word.text, CASE WHEN best.candidates = 1 THEN best.grid_id END AS grid_id
FROM word LEFT JOIN best ON best.text = word.text
ORDER BY word.text
