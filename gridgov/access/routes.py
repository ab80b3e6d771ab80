"""The addresses that answer without a session: login, logout, OIDC, health."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from gridgov.access.csrf import form_token, form_token_matches, new_nonce, safe_next
from gridgov.access.gate import cookies_of
from gridgov.access.headers import LOGIN_POLICY
from gridgov.access.login import LoginOutcome, LoginService, Visitor
from gridgov.access.login_page import STYLE, LoginView, login_html, message_html
from gridgov.access.oidc import OidcClient, OidcRefused
from gridgov.access.sessions import COOKIE, SECURE_COOKIE, SessionStore, session_token
from gridgov.locale import _, set_language
from gridgov.settings import Settings

__all__ = ["AccessRoutes"]

_FORM_COOKIE = "gridgov_form"
_DEVICE_COOKIE = "gridgov_device"
_OIDC_COOKIE = "gridgov_oidc"
_LANGUAGE_COOKIE = "gridgov_language"
_YEAR = 31_536_000


@dataclass(frozen=True)
class AccessRoutes:
    """Builds the routes; holds what they share."""

    settings: Settings
    service: LoginService
    store: SessionStore
    oidc: OidcClient | None = None

    def routes(self) -> list[Route]:
        """What `dashboard.py` mounts; `gate.PUBLIC_PATHS` names the same addresses."""
        found = [
            Route("/login", self.show_login, methods=["GET"]),
            Route("/login", self.do_login, methods=["POST"]),
            Route("/login.css", self.style, methods=["GET"]),
            Route("/logout", self.show_logout, methods=["GET"]),
            Route("/logout", self.do_logout, methods=["POST"]),
            Route("/healthz", self.health, methods=["GET"]),
        ]
        if self.oidc is not None:
            found.append(Route("/login/oidc", self.oidc_start, methods=["GET"]))
            found.append(Route("/login/oidc/callback", self.oidc_return, methods=["GET"]))
        return found

    async def health(self, request: Request) -> Response:
        """Says only that the server answers."""
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    async def style(self, request: Request) -> Response:
        headers = {"Cache-Control": "public, max-age=3600"}
        return Response(STYLE, media_type="text/css", headers=headers)

    async def show_login(self, request: Request) -> Response:
        """The form; someone who is in already goes on to where they wanted."""
        self._choose_language(request)
        target = safe_next(request.query_params.get("next", "/"))
        token = session_token(cookies_of(request.scope))
        if await self._is_live(token):
            return RedirectResponse(target, 303)
        return self._form(request, target)

    async def do_login(self, request: Request) -> Response:
        """Check the form's token, then name and password."""
        self._choose_language(request)
        fields = await _fields(request)
        target = safe_next(fields.get("next", "/"))
        username = fields.get("username", "")[:64]
        cookie = cookies_of(request.scope).get(_FORM_COOKIE, "")
        if not form_token_matches(self.service.key, "login", cookie, fields.get("csrf", "")):
            alert = _("页面已过期，请再试一次")
            return self._form(request, target, username=username, alert=alert, status=403)
        outcome = await run_in_threadpool(
            self.service.by_password,
            fields.get("username", ""),
            fields.get("password", ""),
            self._visitor(request),
        )
        if outcome.wait:
            alert = _("尝试次数过多，请 {n} 秒后再试", n=outcome.wait)
            answer = self._form(request, target, username=username, alert=alert, status=429)
            answer.headers["Retry-After"] = str(outcome.wait)
            return answer
        if not outcome.token:
            alert = _("用户名或密码不对")
            return self._form(request, target, username=username, alert=alert, status=401)
        return await self._enter(request, outcome, target)

    async def show_logout(self, request: Request) -> Response:
        """A page with the button: a mere link must not log anybody out."""
        self._choose_language(request)
        token = session_token(cookies_of(request.scope))
        if not await self._is_live(token):
            return RedirectResponse("/login", 303)
        csrf = form_token(self.service.key, "logout", token)
        return _html(message_html(_("退出登录"), _("退出后，本账号打开的页面会立即关闭。"), csrf))

    async def do_logout(self, request: Request) -> Response:
        """End the session; its open pages close within two seconds."""
        self._choose_language(request)
        token = session_token(cookies_of(request.scope))
        fields = await _fields(request)
        if not form_token_matches(self.service.key, "logout", token, fields.get("csrf", "")):
            text = _("页面已过期，请重新打开")
            return _html(message_html(_("没有退出"), text), status=403)
        source = self._visitor(request).source
        await run_in_threadpool(self.store.end, token, reason="logout", source=source)
        answer = RedirectResponse("/login", 303)
        self._delete_session_cookie(request, answer)
        return answer

    async def oidc_start(self, request: Request) -> Response:
        """Send the browser to the provider."""
        assert self.oidc is not None
        self._choose_language(request)
        target = safe_next(request.query_params.get("next", "/"))
        try:
            start = await run_in_threadpool(self.oidc.start, self._callback(request), target)
        except OidcRefused as error:
            return self._form(request, target, alert=str(error), status=502)
        answer = RedirectResponse(start.address, 303)
        self._set(request, answer, _OIDC_COOKIE, start.cookie, age=600)
        return answer

    async def oidc_return(self, request: Request) -> Response:
        """Back from the provider with a code."""
        assert self.oidc is not None
        self._choose_language(request)
        cookie = cookies_of(request.scope).get(_OIDC_COOKIE, "")
        query = dict(request.query_params)
        try:
            person = await run_in_threadpool(
                self.oidc.finish, self._callback(request), cookie, query
            )
        except OidcRefused as error:
            return self._form(request, "/", alert=str(error), status=403)
        visitor = self._visitor(request)
        outcome = await run_in_threadpool(
            self.service.by_provider, person.username, person.name, visitor
        )
        if not outcome.token:
            alert = _("本系统没有您的账号，请找系统管理员")
            return self._form(request, "/", alert=alert, status=403)
        answer = await self._enter(request, outcome, safe_next(person.target))
        answer.delete_cookie(_OIDC_COOKIE, path="/")
        return answer

    async def _is_live(self, token: str) -> bool:
        found = await run_in_threadpool(self.store.find, token)
        return found is not None

    def _callback(self, request: Request) -> str:
        configured = self.settings.oidc.redirect_url if self.settings.oidc else ""
        return configured or str(request.url.replace(path="/login/oidc/callback", query=""))

    async def _enter(self, request: Request, outcome: LoginOutcome, target: str) -> Response:
        old = session_token(cookies_of(request.scope))
        if old:
            # Whoever was logged in here before is out, so that no page mixes two people.
            await run_in_threadpool(self.store.end, old, reason="relogin")
        answer = RedirectResponse(target, 303)
        self._delete_session_cookie(request, answer)
        name = SECURE_COOKIE if self._secure(request) else COOKIE
        self._set(request, answer, name, outcome.token)
        self._set(request, answer, _DEVICE_COOKIE, outcome.device, age=_YEAR)
        answer.delete_cookie(_FORM_COOKIE, path="/")
        return answer

    def _form(
        self,
        request: Request,
        target: str,
        *,
        username: str = "",
        alert: str = "",
        status: int = 200,
    ) -> Response:
        cookie = cookies_of(request.scope).get(_FORM_COOKIE, "") or new_nonce()
        oidc = self.settings.oidc
        view = LoginView(
            token=form_token(self.service.key, "login", cookie),
            target=target,
            username=username,
            alert=alert,
            provider=(oidc.label or _("用统一身份认证登录")) if oidc and self.oidc else "",
        )
        answer = _html(login_html(view), status=status)
        self._set(request, answer, _FORM_COOKIE, cookie)
        language = request.query_params.get("lang", "")
        if language in {"zh_CN", "en"}:
            self._set(request, answer, _LANGUAGE_COOKIE, language, age=_YEAR)
        return answer

    def _choose_language(self, request: Request) -> None:
        asked = request.query_params.get("lang", "")
        set_language(asked or cookies_of(request.scope).get(_LANGUAGE_COOKIE, "zh_CN"))

    def _visitor(self, request: Request) -> Visitor:
        return Visitor(
            source=request.client.host if request.client else "",
            agent=request.headers.get("user-agent", "")[:200],
            device=cookies_of(request.scope).get(_DEVICE_COOKIE, ""),
        )

    def _secure(self, request: Request) -> bool:
        configured = self.settings.secure_cookie
        return request.url.scheme == "https" if configured is None else configured

    def _set(
        self, request: Request, answer: Response, name: str, value: str, age: int | None = None
    ) -> None:
        answer.set_cookie(
            name,
            value,
            max_age=age,
            path="/",
            secure=self._secure(request),
            httponly=True,
            # Lax: a link to a page from a message must find its reader logged in.
            samesite="lax",
        )

    def _delete_session_cookie(self, request: Request, answer: Response) -> None:
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        if self._secure(request):
            answer.delete_cookie(
                SECURE_COOKIE, path="/", secure=True, httponly=True, samesite="lax"
            )


async def _fields(request: Request) -> dict[str, str]:
    """The text fields of a form; files and repeated fields are ignored."""
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        return {}
    form = await request.form()
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _html(content: str, *, status: int = 200) -> Response:
    headers = {"Content-Security-Policy": LOGIN_POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(content, status, headers)
