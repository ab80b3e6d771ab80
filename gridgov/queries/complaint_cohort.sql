-- Grain: one month of receipt, category, source and state of authority (inside, outside, not stated): how
-- far the complaints have come by the data date. All months.
-- Parameters: $units (grids with others below).
SELECT
    month, category, source, in_scope,
    received, contacted, closed, called, answered, resolved, satisfied, judged, due, on_time
FROM mart_complaint_cohort_month
WHERE grid_id IN (SELECT unnest($units::VARCHAR[]))
