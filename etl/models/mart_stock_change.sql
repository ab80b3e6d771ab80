-- grain: 一个网格（含下级）、一天、一种在办事项、一个分组一行
-- partition: on_date
-- reads: fact_overdue_spell, fact_complaint*, model_rollup, mart_as_of
-- @grid_id 网格（含下级）；* 为全部
-- @on_date 日期
-- @kind person 逾期未访的重点人员，case 超期在办的诉求
-- @part 联系频次或诉求类别
-- @change 这天新增减去这天消去；从头加到某天就是那天的数
WITH step AS (
    SELECT grid_id, since_on AS on_date, 'person' AS kind, tier AS part, 1 AS change FROM fact_overdue_spell
    UNION ALL
    SELECT grid_id, until_on AS on_date, 'person' AS kind, tier AS part, -1 AS change
    FROM fact_overdue_spell WHERE until_on IS NOT NULL
    UNION ALL
    SELECT grid_id, CAST(due_at AS DATE) AS on_date, 'case' AS kind, category AS part, 1 AS change
    FROM fact_complaint WHERE closed_at IS NULL OR CAST(closed_at AS DATE) > CAST(due_at AS DATE)
    UNION ALL
    SELECT grid_id, CAST(closed_at AS DATE) AS on_date, 'case' AS kind, category AS part, -1 AS change
    FROM fact_complaint WHERE CAST(closed_at AS DATE) > CAST(due_at AS DATE)
)
SELECT
    r.ancestor_id AS grid_id,
    s.on_date,
    s.kind,
    s.part,
    CAST(sum(s.change) AS INTEGER) AS change
FROM step AS s
CROSS JOIN mart_as_of AS m
JOIN model_rollup AS r ON r.grid_id = coalesce(s.grid_id, '')
WHERE s.on_date <= m.data_date AND s.on_date IN (SELECT part FROM touched)
GROUP BY r.ancestor_id, s.on_date, s.kind, s.part
HAVING sum(s.change) <> 0
ORDER BY s.kind, s.on_date, r.ancestor_id
