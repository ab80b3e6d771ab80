"""PDF by typst, with the fonts of this repository embedded: paper looks the same everywhere.

Templates lie in `typ/`. They get their data as one JSON text, never by splicing it into their
source, so that no name or note can be taken for a command.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

__all__ = ["render_pages", "render_pdf"]

_HERE = Path(__file__).parent
TEMPLATES = _HERE / "typ"
FONTS = _HERE / "fonts"


def render_pdf(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """A PDF from `typ/<template>.typ`; `made_at` goes into its metadata, so that the same data
    give the same bytes. Raises typst.TypstError for a template that does not compile."""
    return _compiled(template, data, made_at, "pdf")[0]


def render_pages(
    template: str, data: Mapping[str, Any], *, made_at: datetime, ppi: float = 100
) -> list[bytes]:
    """The same as one PNG a page: for previews and for looking at in tests."""
    return _compiled(template, data, made_at, "png", ppi)


def _compiled(
    template: str, data: Mapping[str, Any], made_at: datetime, format_: Any, ppi: float = 144
) -> list[bytes]:
    # No clock and no zone of the machine: the moment is that of the data.
    stamp = int(made_at.replace(tzinfo=UTC).timestamp())
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format=format_,
        ppi=ppi,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=stamp,
    )
    pages = made if isinstance(made, list) else [made]
    return [bytes(page) for page in pages if page is not None]
