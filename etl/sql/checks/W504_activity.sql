-- Of the rows that the batch brought: Types of activities that activity_type does not list.
SELECT 'type', min(row_number), "type", count(*) FROM activity WHERE batch_id = $batch AND "type" IS NOT NULL AND "type" NOT IN (SELECT "type" FROM activity_type)
AND EXISTS (SELECT 1 FROM activity_type) GROUP BY "type" ORDER BY 4 DESC, 3 LIMIT 200
