-- 按受理月、整小时数分组的工单，供 Kaplan-Meier 估计
-- Reads `tally`: cases by whole hours, closed or censored.
SELECT *
FROM tally
