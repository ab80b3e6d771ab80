-- grain: 一个网格、一天、一类对象、一种方式、一种联系频次一行（不含下级）
-- partition: on_date
-- reads: fact_visit*, fact_visit_flag
-- @grid_id 网格；认不出时为空
-- @on_date 走访日期；needs_due、recert_due 及其按时数按需求期限那天
-- @person_category 对象类别
-- @mode 方式
-- @tier 联系频次
-- @visits 走访次数
-- @met 见到人的次数
-- @met_known 说明了是否见面的次数
-- @needs 记录了需求的次数
-- @entered 有录入时间的次数
-- @late 走访后超过 72 小时才录入的次数
-- @flagged 有待复核情形的次数
-- @contacts 每周联系对象的联系次数（写明没有见到人的不算）
-- @in_person 其中上门
-- @home_certifications 上门年审次数
-- @needs_due 期限在这天的需求数
-- @needs_in_time 其中按期办结
-- @recert_due 到期日在这天的年审协助数
-- @recert_in_time 其中到期前办好
WITH flagged AS (
    SELECT DISTINCT visit_id, on_date FROM fact_visit_flag WHERE on_date IN (SELECT part FROM touched)
), event AS (
    SELECT
        v.grid_id, v.on_date, v.category AS person_category, v.mode, v.tier,
        1 AS visits,
        CASE WHEN v.met THEN 1 ELSE 0 END AS met,
        CASE WHEN v.met IS NOT NULL THEN 1 ELSE 0 END AS met_known,
        CASE WHEN v.need IS NOT NULL THEN 1 ELSE 0 END AS needs,
        CASE WHEN v.entered_at IS NOT NULL THEN 1 ELSE 0 END AS entered,
        CASE WHEN v.late_hours > 72 THEN 1 ELSE 0 END AS late,
        CASE WHEN f.visit_id IS NOT NULL THEN 1 ELSE 0 END AS flagged,
        CASE WHEN v.tier = '每周' AND v.met IS NOT FALSE THEN 1 ELSE 0 END AS contacts,
        CASE WHEN v.tier = '每周' AND v.met IS NOT FALSE AND v.mode = '上门' THEN 1 ELSE 0 END AS in_person,
        CASE WHEN v.purpose LIKE '%年审%' AND v.mode = '上门' THEN 1 ELSE 0 END AS home_certifications,
        0 AS needs_due, 0 AS needs_in_time, 0 AS recert_due, 0 AS recert_in_time
    FROM fact_visit AS v
    LEFT JOIN flagged AS f ON f.visit_id = v.visit_id AND f.on_date = v.on_date
    WHERE v.on_date IN (SELECT part FROM touched)
    UNION ALL
    SELECT
        grid_id, need_due AS on_date, category AS person_category, mode, tier,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        CASE WHEN need IS NOT NULL THEN 1 ELSE 0 END AS needs_due,
        CASE WHEN need IS NOT NULL AND CAST(need_closed_at AS DATE) <= need_due THEN 1 ELSE 0 END AS needs_in_time,
        CASE WHEN purpose LIKE '%年审%' THEN 1 ELSE 0 END AS recert_due,
        CASE WHEN purpose LIKE '%年审%' AND CAST(need_closed_at AS DATE) <= need_due THEN 1 ELSE 0 END AS recert_in_time
    FROM fact_visit
    WHERE need_due IN (SELECT part FROM touched) AND (need IS NOT NULL OR purpose LIKE '%年审%')
)
SELECT
    grid_id, on_date, person_category, mode, tier,
    CAST(sum(visits) AS INTEGER) AS visits,
    CAST(sum(met) AS INTEGER) AS met,
    CAST(sum(met_known) AS INTEGER) AS met_known,
    CAST(sum(needs) AS INTEGER) AS needs,
    CAST(sum(entered) AS INTEGER) AS entered,
    CAST(sum(late) AS INTEGER) AS late,
    CAST(sum(flagged) AS INTEGER) AS flagged,
    CAST(sum(contacts) AS INTEGER) AS contacts,
    CAST(sum(in_person) AS INTEGER) AS in_person,
    CAST(sum(home_certifications) AS INTEGER) AS home_certifications,
    CAST(sum(needs_due) AS INTEGER) AS needs_due,
    CAST(sum(needs_in_time) AS INTEGER) AS needs_in_time,
    CAST(sum(recert_due) AS INTEGER) AS recert_due,
    CAST(sum(recert_in_time) AS INTEGER) AS recert_in_time
FROM event
GROUP BY grid_id, on_date, person_category, mode, tier
ORDER BY on_date, grid_id
