-- Seven days or more in a row without a visit, one row per gap; occurrences = days without a row.
-- Looks from $since on: two months before the first day that the load touched.
WITH day AS (SELECT DISTINCT CAST(occurred_at AS DATE) AS d FROM visit WHERE occurred_at >= $since),
step AS (SELECT d, lead(d) OVER (ORDER BY d) AS next_d FROM day)
SELECT 'occurred_at', NULL, strftime(d + 1, '%Y-%m-%d') || ' – ' || strftime(next_d - 1, '%Y-%m-%d'), next_d - d - 1
FROM step WHERE next_d - d > 7 ORDER BY d LIMIT 50
