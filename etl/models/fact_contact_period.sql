-- grain: 一名重点人员的一个应联系周期一行
-- partition: period_start
-- reads: fact_visit, model_key_person, model_day, grid_holder, mart_as_of
-- @person 重点人员代号
-- @grid_id 所在网格
-- @tier 联系频次
-- @category 重点类别
-- @period_start 周期首日：周一、月初或季初
-- @period_end 周期末日
-- @is_complete 整个周期都在册且已过完，计入应联系
-- @contacts 周期内联系次数；写明没有见到人的不算
-- @in_person_contacts 其中上门
-- @is_contacted 周期内至少联系一次
-- @holder_id 周期末日（或数据日期）在这个网格任职的格格
WITH period AS (
    SELECT DISTINCT '每周' AS tier, week_start AS period_start, date_add(week_start, 6) AS period_end FROM model_day
    UNION ALL
    SELECT DISTINCT '每月' AS tier, month AS period_start, last_day(month) AS period_end FROM model_day
    UNION ALL
    SELECT '每季' AS tier, quarter AS period_start, max(on_date) AS period_end FROM model_day GROUP BY quarter
), due AS (
    SELECT k.person, k.grid_id, k.tier, k.category, p.period_start, p.period_end,
        k.valid_from <= p.period_start AND k.valid_to >= p.period_end
            AND p.period_end <= m.data_date AND p.period_start >= m.first_due_on AS is_complete,
        least(p.period_end, k.valid_to, m.data_date) AS held_on
    FROM period AS p
    CROSS JOIN mart_as_of AS m
    JOIN model_key_person AS k
        ON k.tier = p.tier AND k.valid_from <= p.period_end AND k.valid_to >= p.period_start
    WHERE p.period_start IN (SELECT part FROM touched)
        AND p.period_start <= m.data_date AND p.period_end >= m.first_due_on
), contact AS (
    SELECT
        person, tier,
        CAST(CASE tier
            WHEN '每周' THEN date_trunc('week', on_date)
            WHEN '每月' THEN date_trunc('month', on_date)
            ELSE date_trunc('quarter', on_date)
        END AS DATE) AS period_start,
        mode
    FROM fact_visit
    WHERE tier IS NOT NULL AND met IS NOT FALSE
        AND on_date >= touched_from() AND on_date <= date_add(touched_to(), 92)
), counted AS (
    SELECT
        d.person, d.grid_id, d.tier, d.category, d.period_start, d.period_end, d.is_complete, d.held_on,
        count(c.person) AS contacts,
        count(CASE WHEN c.mode = '上门' THEN 1 END) AS in_person_contacts
    FROM due AS d
    LEFT JOIN contact AS c
        ON c.person = d.person AND c.tier = d.tier AND c.period_start = d.period_start
    GROUP BY d.person, d.grid_id, d.tier, d.category, d.period_start, d.period_end, d.is_complete, d.held_on
)
SELECT
    t.person,
    t.grid_id,
    t.tier,
    t.category,
    t.period_start,
    t.period_end,
    t.is_complete,
    CAST(t.contacts AS INTEGER) AS contacts,
    CAST(t.in_person_contacts AS INTEGER) AS in_person_contacts,
    t.contacts > 0 AS is_contacted,
    h.worker_id AS holder_id
FROM counted AS t
LEFT JOIN grid_holder AS h
    ON h.grid_id = t.grid_id AND h.is_lead AND t.held_on >= h.valid_from AND t.held_on <= h.valid_to
