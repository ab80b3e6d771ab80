"""What is sent of Streamlit's own files: packed, without its text font, with our icons."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import pytest
from starlette.types import Message, Scope
from streamlit import file_util

from gridgov.access.assets import CompressedAssets

STATIC = Path(file_util.get_static_dir())
FONTS = Path(__file__).resolve().parents[3] / "gridgov" / "static" / "fonts"


async def _elsewhere(scope: Scope, receive: object, send: object) -> None:
    raise LookupError(scope["path"])


def get(
    path: str, *, encodings: str = "gzip, br", method: str = "GET"
) -> tuple[dict[str, str], bytes]:
    """Headers and body of the answer; LookupError where the request is passed on."""
    app = CompressedAssets(_elsewhere, STATIC, FONTS)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept-encoding", encodings.encode())]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(app(scope, receive, send))
    found = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return found, b"".join(message.get("body", b"") for message in sent)


def address(pattern: str) -> str:
    (path,) = (STATIC / "static").rglob(pattern)
    return "/" + path.relative_to(STATIC).as_posix()


def test_a_script_is_packed_and_never_asked_for_again() -> None:
    path = address("PlotlyChart.*.js")
    headers, body = get(path)
    assert headers["content-encoding"] == "gzip" and "immutable" in headers["cache-control"]
    assert gzip.decompress(body) == (STATIC / path[1:]).read_bytes()
    assert len(body) < 1_500_000


def test_the_style_sheet_asks_for_no_font_that_no_page_shows() -> None:
    path = address("css/index.*.css")
    original, sent = (STATIC / path[1:]).read_bytes(), gzip.decompress(get(path)[1])
    assert b"font-family:Source Sans;" in original
    assert b"font-family:Source Sans;" not in sent
    assert b"Material Symbols Rounded" in sent and b"Source Code Pro" in sent
    assert len(original) - len(sent) < 1_000


def test_the_icons_are_ours() -> None:
    path = address("MaterialSymbols-Rounded.*.woff2")
    headers, body = get(path)
    assert headers["content-type"] == "font/woff2" and "immutable" in headers["cache-control"]
    assert body == (FONTS / Path(path).name).read_bytes()
    assert len(body) < (STATIC / path[1:]).stat().st_size / 5


@pytest.mark.parametrize(
    ("path", "encodings"),
    [
        ("/static/js/../index.html", "gzip"),
        ("/static/media/noto-sans-sc-regular-core.woff2", "gzip"),
        ("/static/media/OFL.txt", "gzip"),
    ],
)
def test_anything_else_is_passed_on(path: str, encodings: str) -> None:
    with pytest.raises(LookupError):
        get(path, encodings=encodings)


def test_who_cannot_unpack_is_sent_the_file_as_it_is() -> None:
    with pytest.raises(LookupError):
        get(address("PlotlyChart.*.js"), encodings="identity")
