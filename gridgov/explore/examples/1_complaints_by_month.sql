-- 每月受理多少诉求，多少按期办结 / Complaints by month, and how many were closed on time
SELECT
    date_trunc('month', created_at)::DATE AS month,
    count(*) AS received,
    count(*) FILTER (WHERE is_due) AS due,
    count(*) FILTER (WHERE is_on_time) AS on_time,
    round(100.0 * count(*) FILTER (WHERE is_on_time) / nullif(count(*) FILTER (WHERE is_due), 0), 1) AS on_time_pct
FROM fact_complaint
GROUP BY ALL
ORDER BY month
