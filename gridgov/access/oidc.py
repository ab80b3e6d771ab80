"""Log in through an OpenID Connect provider: authorization code with PKCE, state and nonce.

The provider is the one that the operator configured; nothing else is ever asked. What has to be
remembered between going there and coming back lies in a signed cookie of ten minutes.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gridgov.errors import GridGovError
from gridgov.locale import _
from gridgov.settings import OidcSettings

__all__ = ["OidcClient", "OidcPerson", "OidcRefused", "OidcStart"]

_LIFETIME = 600
_TIMEOUT = 10
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


class OidcRefused(GridGovError):
    """The provider could not be reached, or what came back does not prove who it is."""


@dataclass(frozen=True)
class OidcStart:
    """Where to send the browser, and what to put in its cookie."""

    address: str
    cookie: str


@dataclass(frozen=True)
class OidcPerson:
    """Whom the provider vouches for, and where they wanted to go."""

    username: str
    name: str
    target: str


class OidcClient:
    """Blocking calls: run them in a thread."""

    def __init__(self, settings: OidcSettings, key: bytes) -> None:
        self.settings = settings
        self.key = key
        self._metadata: dict[str, Any] = {}

    def start(self, callback: str, target: str) -> OidcStart:
        """Begin: make state, nonce and code verifier. Raises `OidcRefused`."""
        memory = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": secrets.token_urlsafe(48),
            "target": target,
            "until": int(time.time()) + _LIFETIME,
        }
        endpoint = self._endpoint("authorization_endpoint")
        with self._client(callback) as client:
            address, _state = client.create_authorization_url(
                endpoint,
                state=memory["state"],
                nonce=memory["nonce"],
                code_verifier=memory["verifier"],
            )
        return OidcStart(address, self._sign(memory))

    def finish(self, callback: str, cookie: str, query: Mapping[str, str]) -> OidcPerson:
        """End: exchange the code, verify the ID token. Raises `OidcRefused`."""
        memory = self._verified(cookie)
        state = query.get("state", "")
        if not hmac.compare_digest(str(memory["state"]).encode(), state.encode()):
            raise OidcRefused(_("登录请求对不上，请重新登录"))
        if "code" not in query:
            raise OidcRefused(_("统一身份认证没有同意登录，请重试或找系统管理员"))
        token = self._exchange(callback, query["code"], str(memory["verifier"]))
        claims = self._claims(str(token.get("id_token", "")), str(memory["nonce"]))
        username = claims.get(self.settings.claim)
        if not isinstance(username, str) or not username.strip():
            raise OidcRefused(
                _("统一身份认证没有给出 {claim}，请找系统管理员", claim=self.settings.claim)
            )
        name = claims.get("name")
        return OidcPerson(username, name if isinstance(name, str) else "", str(memory["target"]))

    def _client(self, callback: str) -> OAuth2Session:
        client = OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret or None,
            scope=self.settings.scope,
            redirect_uri=callback,
            code_challenge_method="S256",
            token_endpoint_auth_method=(
                "client_secret_basic" if self.settings.client_secret else "none"
            ),
            default_timeout=_TIMEOUT,
        )
        # The environment's proxy is for the outside world; the provider is named by address.
        client.trust_env = False
        return client

    def _exchange(self, callback: str, code: str, verifier: str) -> dict[str, Any]:
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._client(callback) as client:
                token = client.fetch_token(endpoint, code=code, code_verifier=verifier)
        # requests' errors are OSErrors.
        except (OSError, OAuthError, ValueError) as error:
            raise OidcRefused(_("统一身份认证没有确认登录，请重新登录")) from error
        return dict(token)

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        try:
            published: Any = self._get(self._endpoint("jwks_uri"))
            keys = KeySet.import_key_set(published)
            claims = dict(jwt.decode(id_token, keys, algorithms=_ALGORITHMS).claims)
            jwt.JWTClaimsRegistry(
                leeway=60,
                iss={"essential": True, "value": self._endpoint("issuer")},
                aud={"essential": True, "value": self.settings.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise OidcRefused(_("统一身份认证的凭证无效，请重新登录")) from error
        if claims.get("azp", self.settings.client_id) != self.settings.client_id:
            raise OidcRefused(_("统一身份认证的凭证无效，请重新登录"))
        return claims

    def _endpoint(self, name: str) -> str:
        if not self._metadata:
            found = self._get(f"{self.settings.issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self.settings.issuer:
                raise OidcRefused(_("统一身份认证的地址与配置不一致，请找系统管理员"))
            self._metadata = found
        try:
            return str(self._metadata[name])
        except KeyError as error:
            raise OidcRefused(_("统一身份认证的配置不完整，请找系统管理员")) from error

    def _get(self, address: str) -> dict[str, Any]:
        try:
            with self._client("") as client:
                answer = client.get(address, withhold_token=True)
                answer.raise_for_status()
                return dict(answer.json())
        except (OSError, ValueError, TypeError) as error:
            raise OidcRefused(_("连不上统一身份认证，请稍后再试")) from error

    def _sign(self, memory: Mapping[str, object]) -> str:
        text = base64.urlsafe_b64encode(json.dumps(memory).encode()).decode()
        return f"{text}.{self._signature(text)}"

    def _verified(self, cookie: str) -> dict[str, object]:
        text, _dot, signature = cookie.partition(".")
        if not text or not hmac.compare_digest(self._signature(text).encode(), signature.encode()):
            raise OidcRefused(_("登录请求对不上，请重新登录"))
        memory: dict[str, object] = json.loads(base64.urlsafe_b64decode(text))
        until = memory["until"]
        if not isinstance(until, int) or until < time.time():
            raise OidcRefused(_("登录请求已过期，请重新登录"))
        return memory

    def _signature(self, text: str) -> str:
        return hmac.new(self.key, f"oidc|{text}".encode(), sha256).hexdigest()
