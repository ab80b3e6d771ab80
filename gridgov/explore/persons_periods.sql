-- Grain: one period over by the data date in which a contact is due, of each tier; as fact_contact_period has them.
WITH period AS (
    SELECT DISTINCT '每周' AS tier, week_start AS period_start, CAST(week_start + 6 AS DATE) AS period_end FROM model_day
    UNION ALL
    SELECT DISTINCT '每月' AS tier, month AS period_start, last_day(month) AS period_end FROM model_day
    UNION ALL
    SELECT '每季' AS tier, quarter AS period_start, max(on_date) AS period_end FROM model_day GROUP BY quarter
)
SELECT p.tier, p.period_start, p.period_end
FROM period AS p
CROSS JOIN mart_as_of AS m
WHERE p.period_end <= m.data_date AND p.period_start >= m.first_due_on
ORDER BY p.tier, p.period_start
