-- The last whole week (Monday to Sunday) with less than half the mean of the eight before.
WITH newest AS (SELECT CAST($newest AS DATE) AS d),
week AS (
    SELECT CAST(date_trunc('week', occurred_at) AS DATE) AS monday, count(*) AS n
    FROM visit WHERE occurred_at >= CAST($newest AS DATE) - 80 GROUP BY ALL
),
last AS (SELECT CAST(date_trunc('week', d + 1) AS DATE) - 7 AS monday FROM newest),
usual AS (SELECT sum(n) / 8.0 AS mean FROM week, last WHERE week.monday BETWEEN last.monday - 56 AND last.monday - 7),
now AS (SELECT coalesce(sum(n), 0) AS n FROM week, last WHERE week.monday = last.monday)
SELECT 'occurred_at', NULL, strftime(last.monday, '%Y-%m-%d') || ': ' || now.n || ' < ' || CAST(round(usual.mean) AS INTEGER), 1
FROM last, usual, now WHERE usual.mean >= 20 AND now.n < usual.mean / 2
