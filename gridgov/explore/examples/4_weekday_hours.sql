-- 走访都在什么时候：星期与钟点 / When visits happen: weekday and hour
SELECT
    isodow(occurred_at) AS weekday,
    hour(occurred_at) AS hour_of_day,
    count(*) AS visits
FROM fact_visit
GROUP BY ALL
ORDER BY weekday, hour_of_day
