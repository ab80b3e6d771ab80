-- The few functions on which DuckDB and Spark SQL differ, so that every other file reads the same on both.
-- Spark: CREATE TEMPORARY FUNCTION … RETURN with
--   days_between(a, b)    = datediff(b, a)
--   seconds_between(a, b) = timestampdiff(SECOND, a, b)
-- and `plain` with the body below, word for word.
CREATE OR REPLACE TEMP MACRO days_between(a, b) AS CAST(datediff('day', a, b) AS INTEGER);
CREATE OR REPLACE TEMP MACRO seconds_between(a, b) AS datediff('second', a, b);
CREATE OR REPLACE TEMP MACRO plain(t) AS lower(translate(
    replace(replace(replace(t, ' ', ''), '　', ''), chr(9), ''),
    '０１２３４５６７８９ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ（）－＿．',
    '0123456789abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz()-_.'
));
