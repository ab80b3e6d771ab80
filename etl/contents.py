"""What a file holds, whatever its name says: exporters call web pages and plain text .xls."""

from __future__ import annotations

import codecs
from pathlib import Path

from gridgov.errors import DataFileError
from gridgov.locale import _

__all__ = ["is_named_otherwise", "real_kind"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 1 << 16
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PAGES = ("<html", "<!doctype", "<table", "<meta", "<head", "<body", "<?xml", "<workbook")


def real_kind(file: Path, kind: str, shown: str) -> str:
    """`kind` by the name of a file, "text" or "cells", put right by its first bytes.

    Raises `DataFileError` for a web page and for a workbook with a password.
    """
    if kind not in ("text", "cells"):
        return kind
    with file.open("rb") as handle:
        head = handle.read(_HEAD)
    if head.startswith(_OLE):
        if _is_locked(file):
            raise DataFileError(
                _("{path}：工作簿有密码，请用表格软件打开、去掉密码后另存", path=shown)
            )
        return "cells"
    if head.startswith(_ZIP):
        return "cells"
    if _is_page(head):
        raise DataFileError(
            _(
                "{path}：内容是网页或 XML，不是表格文件；请用 WPS 或 Excel 打开后另存为 .xlsx",
                path=shown,
            )
        )
    is_text = head.startswith(_WIDE) or b"\0" not in head
    return "text" if kind == "cells" and head and is_text else kind


def is_named_otherwise(file: Path) -> bool:
    """True for a workbook whose name promises another kind of file than its first bytes do."""
    with file.open("rb") as handle:
        head = handle.read(len(_OLE))
    return head.startswith(_OLE) != (file.suffix.lower() == ".xls")


def _is_locked(file: Path) -> bool:
    """An .xlsx with a password is a container of another make, with a part of this name."""
    name = "EncryptedPackage".encode("utf-16-le")
    with file.open("rb") as handle:
        size = handle.seek(0, 2)
        for at in range(0, size, _HEAD):
            handle.seek(at)
            if name in handle.read(_HEAD + len(name)):
                return True
    return False


def _is_page(head: bytes) -> bool:
    plain = head.replace(b"\0", b"").removeprefix(codecs.BOM_UTF8)
    for bom in _WIDE:
        plain = plain.removeprefix(bom)
    begin = plain[:256].decode("ascii", "ignore").lstrip().lower()
    return begin.startswith(_PAGES)
