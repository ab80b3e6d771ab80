-- Thirty-one days or more in a row without an activity, one row per gap; occurrences = days without a row.
-- Looks from $since on: two months before the first day that the load touched.
WITH day AS (SELECT DISTINCT CAST(started_at AS DATE) AS d FROM activity WHERE started_at >= $since),
step AS (SELECT d, lead(d) OVER (ORDER BY d) AS next_d FROM day)
SELECT 'started_at', NULL, strftime(d + 1, '%Y-%m-%d') || ' – ' || strftime(next_d - 1, '%Y-%m-%d'), next_d - d - 1
FROM step WHERE next_d - d > 31 ORDER BY d LIMIT 50
