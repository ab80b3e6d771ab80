-- Grain: one bucket and unit.
-- Parameters: $buckets, $starts, $ends (lists of dates; ends no later than the data date), $units.
-- Stocks are the average of the month ends that the bucket touches; capacity is summed by month,
-- a month of which the bucket holds a part counts by its days.
WITH span AS (
    SELECT
        unnest($buckets::DATE[]) AS bucket,
        unnest($starts::DATE[]) AS from_on,
        unnest($ends::DATE[]) AS to_on
), stock AS (
    SELECT
        s.bucket, m.grid_id,
        avg(m.households) AS households, avg(m.residents) AS residents,
        avg(m.shops) AS shops, avg(m.base_grids) AS base_grids
    FROM span AS s
    JOIN mart_stock_month AS m ON m.month BETWEEN date_trunc('month', s.from_on) AND s.to_on
    WHERE m.grid_id IN (SELECT unnest($units::VARCHAR[]))
    GROUP BY s.bucket, m.grid_id
), hands AS (
    SELECT
        s.bucket, m.grid_id,
        sum(m.capacity * (
            date_diff('day', greatest(m.month, s.from_on), least(last_day(m.month), s.to_on)) + 1
        ) / day(last_day(m.month))) AS capacity
    FROM span AS s
    JOIN mart_capacity_month AS m ON m.month BETWEEN date_trunc('month', s.from_on) AND s.to_on
    WHERE m.grid_id IN (SELECT unnest($units::VARCHAR[]))
    GROUP BY s.bucket, m.grid_id
)
SELECT
    coalesce(stock.bucket, hands.bucket) AS bucket,
    coalesce(stock.grid_id, hands.grid_id) AS grid_id,
    stock.households, stock.residents, stock.shops, stock.base_grids,
    CAST(hands.capacity AS DOUBLE) AS capacity
FROM stock FULL JOIN hands ON hands.bucket = stock.bucket AND hands.grid_id = stock.grid_id
