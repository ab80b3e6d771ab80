"""Where the de-identified copy of a published version lies: beside it, under its own name."""

from __future__ import annotations

from pathlib import Path

from gridgov.errors import QueryError
from gridgov.locale import _

__all__ = ["copy_path", "existing_copy"]


def copy_path(version: Path) -> Path:
    """`gridgov-7.duckdb` → `gridgov-7.sql.duckdb`, whether or not it exists yet."""
    return version.with_name(f"{version.stem}.sql{version.suffix}")


def existing_copy(version: Path) -> Path:
    """The copy of a version; raises QueryError where there is none."""
    path = copy_path(version)
    if not path.is_file():
        raise QueryError(
            _("数据版本 {name} 还没有可查询的脱敏副本，请重新导入一次数据", name=version.stem)
        )
    return path
