-- Grain: one whole number of hours: complaints received in the months, closed or still open by then.
-- As handling_curve.sql, without its filters.
-- Parameters: $start, $finish (whole months), $units (grid ids, or * for everything).
SELECT hours, is_closed, CAST(sum(cases) AS BIGINT) AS cases
FROM mart_handling_month
WHERE month BETWEEN $start AND $finish AND grid_id IN (SELECT unnest($units::VARCHAR[]))
GROUP BY hours, is_closed
ORDER BY hours, is_closed
