-- grain: 一个网格一天出现的一个共建单位、一种五微、一种主讲人、一支展演队伍或一次邻里日一行（不含下级）
-- partition: on_date
-- reads: fact_activity, grid_closure
-- @grid_id 举办网格；认不出时为空
-- @on_date 活动日期
-- @kind partner 共建单位，micro 五微，speaker 格格讲堂主讲人，team 展演队伍，neighbour_day 邻里日
-- @item 名称
-- @pillar 五在类别
-- @base_grid_id 所在的一般网格；社区等上级举办的为空
-- @times 出现次数
-- length() > 0 and not <> '': over a column that is empty in every row DuckDB 2.0 fails to bind split_part(…) <> ''.
WITH listed AS (
    SELECT a.grid_id, a.on_date, 'partner' AS kind, split_part(a.partners, '、', k.n) AS item, a.pillar
    FROM fact_activity AS a
    JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) AS k (n)
        ON k.n <= length(a.partners) - length(replace(a.partners, '、', '')) + 1
    WHERE a.on_date IN (SELECT part FROM touched)
    UNION ALL
    SELECT a.grid_id, a.on_date, 'team' AS kind, split_part(a.team, '、', k.n) AS item, a.pillar
    FROM fact_activity AS a
    JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16)) AS k (n)
        ON k.n <= length(a.team) - length(replace(a.team, '、', '')) + 1
    WHERE a.on_date IN (SELECT part FROM touched) AND a.code = 'show'
    UNION ALL
    SELECT grid_id, on_date, 'micro' AS kind, micro AS item, pillar
    FROM fact_activity WHERE on_date IN (SELECT part FROM touched)
    UNION ALL
    SELECT grid_id, on_date, 'speaker' AS kind, speaker AS item, pillar
    FROM fact_activity WHERE on_date IN (SELECT part FROM touched) AND code = 'lecture'
    UNION ALL
    SELECT grid_id, on_date, 'neighbour_day' AS kind, '邻里日' AS item, pillar
    FROM fact_activity WHERE on_date IN (SELECT part FROM touched) AND code = 'neighbour_day'
)
SELECT
    l.grid_id, l.on_date, l.kind, l.item, l.pillar, b.ancestor_id AS base_grid_id,
    CAST(count(*) AS INTEGER) AS times
FROM listed AS l
LEFT JOIN grid_closure AS b ON b.grid_id = l.grid_id AND b.ancestor_level = '一般'
WHERE length(l.item) > 0
GROUP BY l.grid_id, l.on_date, l.kind, l.item, l.pillar, b.ancestor_id
ORDER BY l.on_date, l.grid_id
