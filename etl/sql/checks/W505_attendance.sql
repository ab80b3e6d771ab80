-- Of the rows that the batch brought: Sign-ins for activities that the log of activities does not hold.
SELECT 'activity_id', min(row_number), activity_id, count(*) FROM attendance WHERE batch_id = $batch AND activity_id NOT IN (SELECT activity_id FROM activity WHERE activity_id IS NOT NULL)
GROUP BY activity_id ORDER BY 4 DESC, 3 LIMIT 200
