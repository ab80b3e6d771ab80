-- grain: 一名重点人员连续逾期未联系的一段时间一行
-- partition: person
-- reads: fact_visit, model_key_person, mart_as_of
-- changes: since_on, until_on
-- moved: SELECT person FROM model_key_person WHERE valid_to >= date_add($since, -1) AND valid_to <= $until
-- moved: UNION SELECT k.person FROM model_key_person AS k CROSS JOIN mart_as_of AS m
-- moved:     WHERE days_between(greatest(k.valid_from, m.first_due_on), $until)
-- moved:     BETWEEN CASE k.tier WHEN '每周' THEN 7 WHEN '每月' THEN 31 ELSE 92 END
-- moved:     AND CASE k.tier WHEN '每周' THEN 7 WHEN '每月' THEN 31 ELSE 92 END + days_between($since, $until) - 1
-- moved: UNION SELECT person FROM fact_visit WHERE tier = '每周' AND met IS NOT FALSE
-- moved:     AND on_date > date_add($since, -8) AND on_date <= date_add($until, -8)
-- moved: UNION SELECT person FROM fact_visit WHERE tier = '每月' AND met IS NOT FALSE
-- moved:     AND on_date > date_add($since, -32) AND on_date <= date_add($until, -32)
-- moved: UNION SELECT person FROM fact_visit WHERE tier NOT IN ('每周', '每月') AND met IS NOT FALSE
-- moved:     AND on_date > date_add($since, -93) AND on_date <= date_add($until, -93)
-- @person 重点人员代号
-- @grid_id 所在网格
-- @tier 联系频次
-- @category 重点类别
-- @last_on 逾期之前最近一次联系；从未联系时为空
-- @since_on 从这天起逾期：最近一次联系（或列入之日的前一天）过了 7、31、92 天
-- @until_on 到这天为止：再次联系或不再在册的那天；仍逾期时为空
-- When the data date moves it concerns those who leave the list in between, and those who since their
-- last contact (or since they were listed) become overdue on a day in between.
WITH allowed AS (
    SELECT k.person, k.grid_id, k.tier, k.category, k.valid_to,
        date_add(greatest(k.valid_from, m.first_due_on), -1) AS begins,
        CASE k.tier WHEN '每周' THEN 7 WHEN '每月' THEN 31 ELSE 92 END AS days,
        k.valid_from, m.data_date
    FROM model_key_person AS k CROSS JOIN mart_as_of AS m
    WHERE k.valid_from <= m.data_date AND k.valid_to >= m.first_due_on
        AND k.person IN (SELECT person FROM touched_person)
), contact AS (
    SELECT DISTINCT person, on_date FROM fact_visit
    WHERE tier IS NOT NULL AND met IS NOT FALSE AND person IN (SELECT person FROM touched_person)
), point AS (
    SELECT person, valid_from, begins AS on_date, FALSE AS is_contact FROM allowed
    UNION ALL
    SELECT a.person, a.valid_from, c.on_date, TRUE AS is_contact
    FROM allowed AS a JOIN contact AS c
        ON c.person = a.person AND c.on_date > a.begins AND c.on_date <= a.valid_to
), gap AS (
    SELECT person, valid_from, on_date, is_contact,
        lead(on_date) OVER (PARTITION BY person, valid_from ORDER BY on_date) AS next_on
    FROM point
), spell AS (
    SELECT
        a.person, a.grid_id, a.tier, a.category, a.data_date,
        CASE WHEN g.is_contact THEN g.on_date END AS last_on,
        date_add(g.on_date, a.days + 1) AS since_on,
        CASE
            WHEN g.next_on IS NOT NULL THEN g.next_on
            WHEN a.valid_to < a.data_date THEN date_add(a.valid_to, 1)
        END AS until_on
    FROM gap AS g JOIN allowed AS a ON a.person = g.person AND a.valid_from = g.valid_from
)
SELECT person, grid_id, tier, category, last_on, since_on, until_on
FROM spell
WHERE since_on <= data_date AND (until_on IS NULL OR since_on < until_on)
ORDER BY since_on
