-- The loader's books. Raw cells never come here: rejected rows lie in warehouse/rejects/.
CREATE TABLE IF NOT EXISTS load_batch (
    batch_id INTEGER, loaded_at TIMESTAMP, undone_by INTEGER, code_version VARCHAR
);
CREATE TABLE IF NOT EXISTS load_file (
    file_id INTEGER, batch_id INTEGER, path VARCHAR, sheet VARCHAR, table_name VARCHAR,
    "rows" BIGINT, loaded BIGINT, updated BIGINT, duplicate BIGINT, rejected BIGINT,
    sha256 VARCHAR, encoding VARCHAR, is_sample BOOLEAN, recipe VARCHAR
);
CREATE TABLE IF NOT EXISTS load_finding (
    batch_id INTEGER, file_id INTEGER, check_id VARCHAR, severity VARCHAR, column_name VARCHAR,
    row_number BIGINT, value_hint VARCHAR, message_zh VARCHAR, message_en VARCHAR,
    occurrences BIGINT
);
CREATE TABLE IF NOT EXISTS load_overlap (
    batch_id INTEGER, origin_batch_id INTEGER, table_name VARCHAR, "rows" BIGINT
);
-- Residents who were erased, so that the same export does not bring them back: a keyed hash of their
-- pseudonym, which itself is nowhere left.
CREATE TABLE IF NOT EXISTS erased_resident (mark VARCHAR);
CREATE TABLE IF NOT EXISTS warehouse_meta (key VARCHAR, value VARCHAR)
