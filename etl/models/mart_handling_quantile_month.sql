-- grain: 一个网格（含下级）、一个受理月一行：办结一半与九成各用几小时
-- partition: month
-- reads: mart_handling_month
-- Kaplan-Meier over whole hours, open cases censored, as gridgov/metrics/quantiles.py has it. The product of
-- the shares that stay open is summed as logarithms; where all of those at risk are closed at once it is nothing.
-- @grid_id 网格（含下级）；* 为全部
-- @month 受理月
-- @closed 已办结的
-- @cases 受理的诉求
-- @instant 受理的同一秒办结的
-- @half 办结一半所用的小时；没有办到一半为空
-- @most 办结九成所用的小时；没有办到九成为空
WITH step AS (
    SELECT grid_id, month, hours,
        sum(cases) AS cases,
        sum(CASE WHEN is_closed THEN cases ELSE 0 END) AS closed,
        sum(instant) AS instant
    FROM mart_handling_month
    WHERE month IN (SELECT part FROM touched)
    GROUP BY grid_id, month, hours
), risk AS (
    SELECT *, sum(cases) OVER (
        PARTITION BY grid_id, month ORDER BY hours DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS at_risk
    FROM step
), curve AS (
    SELECT *, sum(
        CASE WHEN closed >= at_risk THEN -1000000.0 ELSE ln(1.0 - CAST(closed AS DOUBLE) / at_risk) END
    ) OVER (
        PARTITION BY grid_id, month ORDER BY hours ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS log_open
    FROM risk
)
SELECT
    grid_id, month,
    CAST(sum(closed) AS INTEGER) AS closed,
    CAST(sum(cases) AS INTEGER) AS cases,
    CAST(sum(instant) AS INTEGER) AS instant,
    CAST(min(CASE WHEN closed > 0 AND log_open <= ln(0.5 + 0.000000000001) THEN hours END) AS INTEGER) AS half,
    CAST(min(CASE WHEN closed > 0 AND log_open <= ln(0.1 + 0.000000000001) THEN hours END) AS INTEGER) AS most
FROM curve
GROUP BY grid_id, month
ORDER BY month, grid_id
