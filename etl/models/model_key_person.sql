-- grain: 一名重点人员按一种频次联系的一段时间一行，同一人各段不重叠
-- reads: key_person
-- @person 重点人员代号
-- @grid_id 所在网格
-- @household 户代号
-- @category 重点类别
-- @tier 联系频次
-- @valid_from 起（含）
-- @valid_to 止（含）；没有截止日期时为 9999-12-31
-- Where two spells overlap the later one holds from its first day; on one day the stricter one does.
WITH ranked AS (
    SELECT
        person, grid_id, household, category, tier,
        coalesce(valid_from, DATE '1900-01-01') AS valid_from,
        coalesce(valid_to, DATE '9999-12-31') AS valid_to,
        row_number() OVER (
            PARTITION BY person, coalesce(valid_from, DATE '1900-01-01')
            ORDER BY CASE tier WHEN '每周' THEN 1 WHEN '每月' THEN 2 WHEN '每季' THEN 3 ELSE 4 END, grid_id
        ) AS place
    FROM key_person
), next_spell AS (
    SELECT *, lead(valid_from) OVER (PARTITION BY person ORDER BY valid_from) AS next_from
    FROM ranked WHERE place = 1
)
SELECT
    person, grid_id, household, category, tier, valid_from,
    CASE WHEN next_from <= valid_to THEN date_add(next_from, -1) ELSE valid_to END AS valid_to
FROM next_spell
ORDER BY person, valid_from
