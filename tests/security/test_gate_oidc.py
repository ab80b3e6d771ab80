"""Log in through a real OpenID Connect provider on this machine (npm's oidc-provider)."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gridgov.access import oidc as oidc_module
from gridgov.access.oidc import OidcClient, OidcRefused
from gridgov.settings import OidcSettings
from gridgov.workspace.audit import entries
from gridgov.workspace.session import hash_token, live_session
from gridgov.workspace.user import find_user

from .conftest import Server, add_people, free_port, serve

SOURCE = Path(__file__).with_name("oidc_provider")
SECRET = "a secret of the tests only"


def _installed_provider() -> Path:
    """The provider's packages, from the lock, once per version of it in the cache folder."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.fail("node and npm are missing: apt-get install -y nodejs npm")
    lock = (SOURCE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "gridgov-tests" / f"oidc-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules" / ".package-lock.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, folder)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=folder, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        if done.returncode:
            pytest.fail(f"npm could not install oidc-provider: {done.stderr[-500:]}")
    shutil.copy(SOURCE / "provider.mjs", folder)
    return folder


@pytest.fixture(scope="module")
def callback_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory, callback_port: int) -> Iterator[str]:
    folder, port = _installed_provider(), free_port()
    log = (tmp_path_factory.mktemp("provider") / "log").open("w+b")
    process = subprocess.Popen(
        ["node", "provider.mjs", str(port), f"http://127.0.0.1:{callback_port}/login/oidc/callback"],
        cwd=folder, stdout=subprocess.PIPE, stderr=log, env={**os.environ, "NODE_ENV": "test"},
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    if b"ready" not in first:
        log.seek(0)
        pytest.fail(f"the provider did not start: {log.read().decode()[-500:]}")
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()
    process.stdout.close()
    log.close()


@pytest.fixture(scope="module")
def oidc_server(
    issuer: str, callback_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("oidc")
    add_people(folder)
    with serve(
        folder,
        port=callback_port,
        GRIDGOV_OIDC_ISSUER=issuer,
        GRIDGOV_OIDC_CLIENT_ID="gridgov",
        GRIDGOV_OIDC_CLIENT_SECRET=SECRET,
        GRIDGOV_OIDC_LABEL="街道统一认证",
    ) as running:
        yield running
        running.close_clients()


def through_provider(browser: httpx.Client, person: str, start: str) -> httpx.Response:
    """Walk a browser through the provider's forms until it is sent back; that answer unsent."""
    answer = browser.get(start)
    for _ in range(12):
        if answer.is_redirect:
            target = str(answer.next_request.url) if answer.next_request else ""
            if "/login/oidc/callback" in target:
                return answer
            answer = browser.get(target)
            continue
        form = re.search(r'<form[^>]* action="([^"]+)"', answer.text)
        assert form is not None, answer.text[:2000]
        fields = {"prompt": "consent"}
        if 'name="login"' in answer.text:
            fields = {"prompt": "login", "login": person, "password": "any"}
        answer = browser.post(str(answer.url.join(form[1])), data=fields)
    raise AssertionError("never came back")


def test_a_known_person_gets_in(oidc_server: Server) -> None:
    browser = oidc_server.client()
    page = browser.get("/login?next=/complaints").text
    assert "街道统一认证" in page and 'href="/login/oidc?next=%2Fcomplaints"' in page
    back = through_provider(browser, "li", "/login/oidc?next=/complaints")
    sent = parse_qs(urlsplit(str(back.next_request.url)).query)  # type: ignore[union-attr]
    assert sent["iss"] and sent["state"] and sent["code"]
    answer = browser.get(str(back.next_request.url))  # type: ignore[union-attr]
    assert (answer.status_code, answer.headers["location"]) == (303, "/complaints")
    found = live_session(oidc_server.engine, hash_token(browser.cookies["gridgov_session"]))
    assert found is not None and found.username == "li"
    newest = entries(oidc_server.engine, action="login")[0]
    assert (newest.user_name, newest.detail) == ("li", '{"by":"oidc"}')


def test_a_stranger_is_refused_and_not_added(oidc_server: Server) -> None:
    browser = oidc_server.client()
    back = through_provider(browser, "stranger", "/login/oidc")
    answer = browser.get(str(back.next_request.url))  # type: ignore[union-attr]
    assert answer.status_code == 403 and "没有您的账号" in answer.text
    assert "gridgov_session" not in browser.cookies
    assert find_user(oidc_server.engine, username="stranger") is None


def test_an_answer_belongs_to_the_browser_that_asked(oidc_server: Server) -> None:
    attacker, victim = oidc_server.client(), oidc_server.client()
    back = through_provider(attacker, "mallory", "/login/oidc")
    address = str(back.next_request.url)  # type: ignore[union-attr]
    assert victim.get(address).status_code == 403
    victim.get("/login/oidc")
    assert victim.get(address).status_code == 403
    assert "gridgov_session" not in victim.cookies


def test_a_code_works_once(oidc_server: Server) -> None:
    browser = oidc_server.client()
    back = through_provider(browser, "li", "/login/oidc")
    kept = browser.cookies["gridgov_oidc"]
    address = str(back.next_request.url)  # type: ignore[union-attr]
    assert browser.get(address).status_code == 303
    again = oidc_server.client(cookies={"gridgov_oidc": kept})
    assert again.get(address).status_code == 403


@pytest.mark.parametrize("query", ["", "state=x", "code=x", "error=access_denied", "code=x&state="])
def test_made_up_answers_are_refused(oidc_server: Server, query: str) -> None:
    browser = oidc_server.client()
    browser.get("/login/oidc")
    assert browser.get(f"/login/oidc/callback?{query}").status_code == 403


@pytest.fixture
def flow(issuer: str, callback_port: int) -> Iterator[tuple[OidcClient, httpx.Client, str]]:
    """The client itself and a browser, for what only its own side can get wrong."""
    settings = OidcSettings(issuer, "gridgov", SECRET)
    callback = f"http://127.0.0.1:{callback_port}/login/oidc/callback"
    with httpx.Client(trust_env=False) as browser:
        yield OidcClient(settings, b"key"), browser, callback


def _answer(flow: tuple[OidcClient, httpx.Client, str]) -> tuple[str, dict[str, str]]:
    client, browser, callback = flow
    start = client.start(callback, "/visits")
    back = through_provider(browser, "li", start.address)
    query = parse_qs(urlsplit(str(back.next_request.url)).query)  # type: ignore[union-attr]
    return start.cookie, {name: values[0] for name, values in query.items()}


def test_what_comes_back_is_verified(flow: tuple[OidcClient, httpx.Client, str]) -> None:
    client, _, callback = flow
    cookie, query = _answer(flow)
    person = client.finish(callback, cookie, query)
    assert (person.username, person.name, person.target) == ("li", "姓名 li", "/visits")


@pytest.mark.parametrize("field", ["nonce", "verifier", "until", "state"])
def test_a_changed_memory_is_refused(
    flow: tuple[OidcClient, httpx.Client, str], field: str
) -> None:
    client, _, callback = flow
    cookie, query = _answer(flow)
    memory = {**client._verified(cookie), field: 0 if field == "until" else "x" * 50}
    with pytest.raises(OidcRefused):
        client.finish(callback, client._sign(memory), query)
    with pytest.raises(OidcRefused):
        client.finish(callback, cookie[:-1] + ("0" if cookie[-1] != "0" else "1"), query)


def test_a_token_for_someone_else_or_of_yesterday_is_refused(
    flow: tuple[OidcClient, httpx.Client, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _, callback = flow
    cookie, query = _answer(flow)
    memory = client._verified(cookie)
    token = client._exchange(callback, query["code"], str(memory["verifier"]))["id_token"]
    nonce = str(memory["nonce"])
    assert client._claims(token, nonce)["sub"] == "li"
    other = OidcClient(OidcSettings(client.settings.issuer, "another", SECRET), b"key")
    head, body, signature = token.split(".")
    unsigned = "eyJhbGciOiJub25lIn0." + body + "."
    for refused in (unsigned, f"{head}.{body}.{signature[:-4]}AAAA", "", "a.b.c"):
        with pytest.raises(OidcRefused):
            client._claims(refused, nonce)
    with pytest.raises(OidcRefused):
        other._claims(token, nonce)
    later = oidc_module.time.time() + 90_000
    monkeypatch.setattr("time.time", lambda: later)
    with pytest.raises(OidcRefused):
        client._claims(token, nonce)


def test_an_absent_or_different_provider_is_a_sentence(issuer: str) -> None:
    for wrong in (
        f"http://127.0.0.1:{free_port()}",
        issuer + "/elsewhere",
        issuer.replace("127.0.0.1", "localhost"),
    ):
        client = OidcClient(OidcSettings(wrong, "gridgov", SECRET), b"key")
        with pytest.raises(OidcRefused) as caught:
            client.start("http://127.0.0.1:1/login/oidc/callback", "/")
        assert "\n" not in str(caught.value)
