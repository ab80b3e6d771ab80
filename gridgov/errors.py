"""Every error that GridGov raises on purpose.

GridGovError
├── UsageError           the call was wrong (exit status 2)
├── DataFileError        a file was refused (3)
│   └── MappingError     a mapping file is wrong (3)
├── SchemeError          an award scheme is wrong; names the line (2)
├── RecordError          an award record does not verify (3)
├── WarehouseError       a warehouse cannot serve (1)
│   ├── WarehouseMissing nothing has been published yet (1)
│   └── WarehouseBusy    another writer holds the lock (4)
├── QueryError           an analyst's SQL was refused or cut off (2)
├── AccessDenied         this role or scope may not (2)
└── WorkspaceError       the application's own database (1)

A message is one line that says what, where and what to do next. Anything else that is
raised is a defect and propagates.
"""

from __future__ import annotations

__all__ = [
    "AccessDenied",
    "DataFileError",
    "GridGovError",
    "MappingError",
    "QueryError",
    "RecordError",
    "SchemeError",
    "UsageError",
    "WarehouseBusy",
    "WarehouseError",
    "WarehouseMissing",
    "WorkspaceError",
]


class GridGovError(Exception):
    """Base of the tree; `exit_status` is what a command returns for it."""

    exit_status = 1


class UsageError(GridGovError):
    exit_status = 2


class DataFileError(GridGovError):
    exit_status = 3


class MappingError(DataFileError):
    pass


class SchemeError(GridGovError):
    exit_status = 2


class RecordError(GridGovError):
    exit_status = 3


class WarehouseError(GridGovError):
    exit_status = 1


class WarehouseMissing(WarehouseError):
    pass


class WarehouseBusy(WarehouseError):
    exit_status = 4


class QueryError(GridGovError):
    exit_status = 2


class AccessDenied(GridGovError):
    exit_status = 2


class WorkspaceError(GridGovError):
    pass
