-- 诉求集中在多少户：一户几次 / How many households raise how many complaints
WITH per_household AS (
    SELECT household, count(*) AS complaints
    FROM fact_complaint
    WHERE household IS NOT NULL
    GROUP BY ALL
)
SELECT complaints AS complaints_each, count(*) AS households, sum(complaints) AS complaints
FROM per_household
GROUP BY ALL
ORDER BY complaints_each
