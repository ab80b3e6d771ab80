"""The data, declared once. `TABLES` maps a table's name to its declaration."""

from gridgov.schema.column import Check, Column, Kind, Severity, Table, Value
from gridgov.schema.logs import LOGS
from gridgov.schema.references import REFERENCES

__all__ = ["LOGS", "REFERENCES", "TABLES", "Check", "Column", "Kind", "Severity", "Table", "Value"]

TABLES: dict[str, Table] = {table.name: table for table in (*REFERENCES, *LOGS)}
