"""Serve scripts, styles and icons small: Streamlit's own and those of our components.

Streamlit sends them as they are (4.7 MB for the chart library alone). Compressing all of them takes
0.7 s of processor time and 7 MB of memory, once a server instead of once a visitor. Its text font,
which no page shows, is taken out of the style sheet (170 KB), and its icon font is answered with
the part of it that pages can show (`tools/make_icons.py`: 43 KB instead of 375).
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from threading import Thread

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["CompressedAssets"]

_SUFFIXES = frozenset({".js", ".css", ".json", ".svg", ".map", ".wasm"})
_UNUSED_FONT = re.compile(rb"@font-face\{font-family:Source Sans;[^}]*\}")
_FOREVER = "private, max-age=31536000, immutable"


class CompressedAssets:
    """Answers GET /static/… for text files from memory; passes everything else on.

    Names come from a list made at start, never from the request: no path can lead elsewhere. Of
    the files in `instead` those are sent whose names, hash included, are Streamlit's own. `more`
    names addresses with the files or bytes to send there, before Streamlit's own.
    """

    def __init__(
        self,
        app: ASGIApp,
        root: Path,
        instead: Path | None = None,
        more: Mapping[str, Path | bytes] | None = None,
    ) -> None:
        self.app = app
        self.root = root
        self.instead = instead
        self.more = dict(more or {})
        self._packed: dict[str, bytes] = {}
        self._is_warming = False

    @cached_property
    def files(self) -> dict[str, Path | bytes]:
        """Address → file, or what would be in it."""
        found = (path for path in (self.root / "static").rglob("*") if path.suffix in _SUFFIXES)
        return {"/" + path.relative_to(self.root).as_posix(): path for path in found} | self.more

    @cached_property
    def replaced(self) -> dict[str, Path]:
        """Address → the file that is sent instead of Streamlit's."""
        if self.instead is None:
            return {}
        media = self.root / "static" / "media"
        return {
            f"/static/media/{path.name}": path
            for path in self.instead.glob("*.woff2")
            if (media / path.name).is_file()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._warm()
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            other = self.replaced.get(scope["path"])
            if other is not None:
                body = await run_in_threadpool(self._read, scope["path"], other)
                headers = {"Cache-Control": _FOREVER}
                await Response(body, media_type="font/woff2", headers=headers)(scope, receive, send)
                return
            address, found = scope["path"], self.files.get(scope["path"])
            accepts = dict(scope["headers"]).get(b"accept-encoding", b"")
            # What stands for a file of Streamlit's is sent to everybody, packed or plain: with the
            # file itself a page would have the same script twice.
            if found is not None and (b"gzip" in accepts or address in self.more):
                packed = await run_in_threadpool(self._pack, address, found)
                body = packed if b"gzip" in accepts else gzip.decompress(packed)
                await self._response(address, body, b"gzip" in accepts)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _warm(self) -> None:
        """Compress everything beside the start, so that the first visitor does not wait for it."""
        if self._is_warming:
            return
        self._is_warming = True
        Thread(target=self._pack_all, name="gridgov-assets", daemon=True).start()

    def _pack_all(self) -> None:
        # What the front page names comes first.
        front = (self.root / "index.html").read_text(encoding="utf-8")
        for address, file in sorted(
            self.files.items(),
            key=lambda item: (item[0] not in self.more, _name(item[0]) not in front, item[0]),
        ):
            self._pack(address, file)

    def _pack(self, address: str, file: Path | bytes) -> bytes:
        # Without a lock: two at once cost a little twice, a lock would hold up every other file.
        found = self._packed.get(address)
        if found is None:
            body = file if isinstance(file, bytes) else file.read_bytes()
            if address.endswith(".css"):
                body = _UNUSED_FONT.sub(b"", body)
            # mtime=0: the same bytes from every server behind one address.
            found = self._packed[address] = gzip.compress(body, 6, mtime=0)
        return found

    def _read(self, address: str, path: Path) -> bytes:
        found = self._packed.get(address)
        if found is None:
            found = self._packed[address] = path.read_bytes()
        return found

    def _response(self, address: str, body: bytes, is_packed: bool) -> Response:
        kind = mimetypes.guess_type(address)[0] or "application/octet-stream"
        headers = {"Vary": "Accept-Encoding", "Cache-Control": _FOREVER}
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return Response(body, media_type=kind, headers=headers)


def _name(address: str) -> str:
    return address.rpartition("/")[2]
