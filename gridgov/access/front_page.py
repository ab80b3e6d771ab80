"""The one HTML page that Streamlit serves, made ours before it leaves.

Its own names this product, says its language, loads a font that is never used, and lets the browser
guess where the server is: from the address `/visits` it first asks `/visits/_stcore/health`, which
fails twice on every deep link. Ours says where. And a link inside HTML would load the whole
application anew: ours changes the address and tells Streamlit as the Back button would, which runs
the page with the link's parameters in the open session.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gridgov.access.bundled import Bundle

__all__ = ["FrontPage", "front_page", "script_sources"]

_WHERE = (
    "<script>window.__streamlit={BACKEND_BASE_URL:location.origin+'/',"
    "MAIN_PAGE_BASE_URL:location.origin+'/'%s}</script>"
)
# What is known of the server need not be asked before anything else is. The list of pages that may
# steer this one has to name one: a name that nobody can have (RFC 2606).
_KNOWN = ",HOST_CONFIG:{allowedOrigins:['https://nobody.invalid'],useExternalAuthToken:false}"
_EARLY = Path(__file__).resolve().parent / "early.js"
_LINKS = """<script>addEventListener('click',event=>{
const link=event.target.closest?.('[data-testid=stHtml] a[href]');
if(!link||event.defaultPrevented||event.button||event.metaKey||event.ctrlKey||event.shiftKey||event.altKey)return;
if(link.origin!==location.origin||link.hash||link.target==='_blank'||link.hasAttribute('download'))return;
if(!%s.includes(link.pathname.slice(1)))return;
event.preventDefault();history.pushState(null,'',link.href);
dispatchEvent(new PopStateEvent('popstate'))})</script>"""
_FONT = re.compile(r"<link\b[^>]*SourceSans[^>]*>", re.DOTALL)
_AGENT = re.compile(r"<link\b[^>]*service-desc[^>]*>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def front_page(
    static: Path,
    names: Iterable[str] = (),
    title: str = "格格看板",
    *,
    bundle: Bundle | None = None,
    early: Iterable[str] = (),
    fonts: Iterable[str] = (),
) -> str:
    """Streamlit's index.html with our title and language, absolute addresses, no unused font.

    `names`: the pages that a link opens without loading anew. `bundle`: one script instead of many.
    `early`: scripts that run while others are still on their way, before a page asks for them.
    `fonts`: those that every page needs, fetched meanwhile: without, a page is laid out twice.
    """
    text = (static / "index.html").read_text(encoding="utf-8")
    head, _split, body = text.partition("<!DOCTYPE html>")
    body = _COMMENT.sub("", body)
    body = _FONT.sub("", body)
    body = _AGENT.sub("", body)
    body = body.replace('<html lang="en">', '<html lang="zh-CN">')
    body = re.sub(r"<title>.*?</title>", f"<title>{title}</title>", body)
    body = body.replace('"./static/', '"/static/').replace('"./favicon', '"/favicon')
    if bundle is not None:
        body = bundle.front(body)
    first = "".join(f'<script type="module" async src="{address}"></script>' for address in early)
    first += "".join(
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{address}">'
        for address in fonts
    )
    body = body.replace("</head>", f"{first}</head>", 1)
    where = _WHERE % _KNOWN
    links = _LINKS % json.dumps(sorted(names))
    asked = f"<script>{_EARLY.read_text(encoding='utf-8')}</script>" if bundle else ""
    body = body.replace("<head>", f"<head>{asked}{where}{links}", 1)
    return f"{head}<!DOCTYPE html>{body}"


def script_sources(page: str) -> str:
    """The content policy's names for the scripts written into the page."""
    found = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digests = (hashlib.sha256(text.encode()).digest() for text in found)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


class FrontPage:
    """Answers GET for `/` and the pages' addresses with `page`; passes everything else on."""

    def __init__(self, app: ASGIApp, page: str, names: frozenset[str]) -> None:
        self.app = app
        self.page = page
        self.addresses = {"/", *(f"/{name}" for name in names), *(f"/{name}/" for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] in {"GET", "HEAD"}
            and scope["path"] in self.addresses
        ):
            await HTMLResponse(self.page)(scope, receive, send)
            return
        await self.app(scope, receive, send)
