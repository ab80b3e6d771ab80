-- 每类活动：场次、人次、到过的户数 / Each type of activity: events, attendances, households reached
SELECT
    a.type,
    count(DISTINCT a.activity_id) AS events,
    sum(t.persons) AS attendances,
    count(DISTINCT t.household) AS households,
    round(100.0 * count(*) FILTER (WHERE t.first_time) / count(*), 1) AS first_time_pct
FROM fact_activity AS a
JOIN fact_attendance AS t ON t.activity_id = a.activity_id
GROUP BY ALL
ORDER BY households DESC
