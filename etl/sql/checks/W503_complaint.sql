-- Of the rows that the batch brought: Categories of complaints that complaint_category does not list.
SELECT 'category', min(row_number), category, count(*) FROM complaint WHERE batch_id = $batch AND category IS NOT NULL AND category NOT IN (SELECT category FROM complaint_category)
AND EXISTS (SELECT 1 FROM complaint_category) GROUP BY category ORDER BY 4 DESC, 3 LIMIT 200
