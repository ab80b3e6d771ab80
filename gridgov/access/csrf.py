"""Signed values: form tokens, device cookies, where-from checks of a request."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

__all__ = [
    "device_cookie",
    "device_of",
    "form_token",
    "form_token_matches",
    "new_nonce",
    "origin_allowed",
    "safe_next",
]


def new_nonce() -> str:
    """A random value for a cookie, 192 bits."""
    return secrets.token_urlsafe(24)


def form_token(key: bytes, purpose: str, bound_to: str) -> str:
    """The token of a form, bound to what only this browser holds (a cookie's value)."""
    return hmac.new(key, f"form|{purpose}|{bound_to}".encode(), sha256).hexdigest()


def form_token_matches(key: bytes, purpose: str, bound_to: str, token: str) -> bool:
    """Whether the token came from a form that we gave to this browser."""
    if not bound_to:
        return False
    return hmac.compare_digest(form_token(key, purpose, bound_to).encode(), token.encode())


def device_cookie(key: bytes, username: str, device: str) -> str:
    """A cookie that says: this browser has logged in as this user before."""
    return f"{device}.{_device_signature(key, username, device)}"


def device_of(key: bytes, username: str, cookie: str) -> str | None:
    """The device's id if the cookie is ours and for this user, else None."""
    device, _, signature = cookie.partition(".")
    expected = _device_signature(key, username, device)
    if device and hmac.compare_digest(expected.encode(), signature.encode()):
        return device
    return None


def _device_signature(key: bytes, username: str, device: str) -> str:
    return hmac.new(key, f"device|{username}|{device}".encode(), sha256).hexdigest()


def origin_allowed(origin: str | None, host: str | None, *, required: bool) -> bool:
    """Whether a request comes from a page of ours: its Origin names the very host it goes to.

    `required`: a request without Origin is refused (WebSockets, which every browser marks).
    """
    if origin is None:
        return not required
    if not host:
        return False
    parts = urlsplit(origin)
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()


def safe_next(target: str) -> str:
    """Where to go after logging in: a path of ours, else the front page.

    Anything that a browser could read as another host (`//x`, `/\\x`, a tab in the middle), that
    leads back to the login, or that holds control characters becomes `/`.
    """
    if not target.startswith("/") or len(target) > 2000:
        return "/"
    if target.startswith("//") or "\\" in target or not target.isprintable():
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path.startswith(("/login", "/logout", "/_stcore")):
        return "/"
    return target
