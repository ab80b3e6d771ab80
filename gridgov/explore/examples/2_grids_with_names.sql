-- 各一般网格的走访次数与见面率（含下级微网格） / Visits and met rate of each general grid, micro-grids included
SELECT
    g.name,
    count(*) AS visits,
    round(100.0 * count(*) FILTER (WHERE v.met) / count(*), 1) AS met_pct
FROM fact_visit AS v
JOIN grid_closure AS c ON c.grid_id = v.grid_id
JOIN grid AS g ON g.grid_id = c.ancestor_id
WHERE g.level = '一般' AND v.on_date >= $start
GROUP BY ALL
ORDER BY visits DESC
