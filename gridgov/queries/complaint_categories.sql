-- Grain: one complaint category that the reference table names.
-- Parameters: none.
SELECT category FROM complaint_category ORDER BY category
