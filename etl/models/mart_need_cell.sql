-- grain: 一个网格、一天、一类需求、一个办结日一行（不含下级）；需求在发现那天与到期那天各记一次
-- partition: on_date
-- reads: fact_visit*
-- @grid_id 网格；认不出时为空
-- @on_date 发现日或期限日
-- @need 需求类别
-- @closed_on 办结日；到期的一行才有，未办结为空
-- @found 这天发现的需求
-- @due 这天到期的需求
-- @in_time 其中在期限当天或之前办结的
WITH event AS (
    SELECT grid_id, on_date, need, CAST(NULL AS DATE) AS closed_on, 1 AS found, 0 AS due, 0 AS in_time
    FROM fact_visit
    WHERE need IS NOT NULL AND on_date IN (SELECT part FROM touched)
    UNION ALL
    SELECT
        grid_id, need_due AS on_date, need, CAST(need_closed_at AS DATE) AS closed_on,
        0 AS found,
        1 AS due,
        CASE WHEN CAST(need_closed_at AS DATE) <= need_due THEN 1 ELSE 0 END AS in_time
    FROM fact_visit
    WHERE need IS NOT NULL AND need_due IN (SELECT part FROM touched)
)
SELECT
    grid_id, on_date, need, closed_on,
    CAST(sum(found) AS INTEGER) AS found,
    CAST(sum(due) AS INTEGER) AS due,
    CAST(sum(in_time) AS INTEGER) AS in_time
FROM event
GROUP BY grid_id, on_date, need, closed_on
ORDER BY on_date, grid_id
