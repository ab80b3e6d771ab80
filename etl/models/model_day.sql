-- grain: 一天一行，2000-01-01 至 2099-12-31
-- reads: calendar
-- @on_date 日期
-- @week_start 所在周的周一
-- @month 所在月一日
-- @quarter 所在季首日
-- @is_working_day 是否工作日；日历表没有这一天时按周一至周五
-- @working_day_number 从头数到当天为止（含）的工作日数
WITH spine AS (
    SELECT date_add(DATE '2000-01-01', CAST(i AS INTEGER)) AS on_date FROM range(0, 36525) AS r (i)
), part AS (
    SELECT on_date, CAST(date_trunc('week', on_date) AS DATE) AS week_start FROM spine
), known AS (
    SELECT on_date, bool_or(is_working_day) AS is_working_day FROM calendar GROUP BY on_date
), marked AS (
    SELECT
        part.on_date,
        part.week_start,
        coalesce(known.is_working_day, part.on_date < date_add(part.week_start, 5)) AS is_working_day
    FROM part LEFT JOIN known ON known.on_date = part.on_date
)
SELECT
    on_date,
    week_start,
    CAST(date_trunc('month', on_date) AS DATE) AS month,
    CAST(date_trunc('quarter', on_date) AS DATE) AS quarter,
    is_working_day,
    CAST(sum(CASE WHEN is_working_day THEN 1 ELSE 0 END) OVER (
        ORDER BY on_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS INTEGER) AS working_day_number
FROM marked
ORDER BY on_date
