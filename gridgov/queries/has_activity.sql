-- Grain: one row: is there any row of this log that the reader may see?
-- Parameters: none.
SELECT EXISTS (SELECT 1 FROM fact_activity)
