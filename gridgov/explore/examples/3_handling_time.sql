-- 各类别办理时长：中位数与九成以内（小时，只含已办结） / Handling time by category: median and P90, hours, closed cases
SELECT
    category,
    count(*) AS closed,
    round(median(handling_hours), 1) AS p50_hours,
    round(quantile_cont(handling_hours, 0.9), 1) AS p90_hours
FROM fact_complaint
WHERE closed_at IS NOT NULL AND NOT is_instant
GROUP BY ALL
ORDER BY p90_hours DESC
