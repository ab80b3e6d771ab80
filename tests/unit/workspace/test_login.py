from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine

from gridgov.access import passwords, throttle
from gridgov.access.login import LoginService, Visitor, change_own_password
from gridgov.access.passwords import check_new_password, hash_password, verify_password
from gridgov.access.throttle import admit, buckets_for, forgive
from gridgov.clock import now
from gridgov.errors import UsageError
from gridgov.settings import OidcSettings, Settings
from gridgov.workspace.audit import SYSTEM, Actor, entries
from gridgov.workspace.session import hash_token, live_session
from gridgov.workspace.setting import server_key
from gridgov.workspace.user import add_user, find_user, password_hash_of, set_disabled

PASSWORD = "a good long pass"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASH = CHEAP.hash(PASSWORD)
HOME, STRANGER = Visitor("10.0.0.1", "browser"), Visitor("203.0.113.9", "script")


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of guesses at the real cost (64 MiB each) would take minutes."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)
    monkeypatch.setattr(passwords, "_NOBODY", HASH)


@pytest.fixture
def service(engine: Engine, cheap_hashes: None) -> LoginService:
    add_user(engine, SYSTEM, username="li", name="李", roles=["leader"], password_hash=HASH)
    return LoginService(engine, Settings(), server_key(engine))


def guess(service: LoginService, visitor: Visitor, times: int, username: str = "li") -> list[int]:
    return [service.by_password(username, f"wrong {n}", visitor).wait for n in range(times)]


@pytest.mark.parametrize(
    "password",
    ["", "short", "1234567890", "qwertyuiop", "１２３４５６７８９０", "aaaaaaaaaaaa", "x" * 300],
)
def test_poor_passwords_are_refused(password: str) -> None:
    with pytest.raises(UsageError):
        check_new_password(password, username="li")


def test_passwords_around_the_login_name_are_refused() -> None:
    with pytest.raises(UsageError):
        check_new_password("dongshan-2026", username="dongshan")
    check_new_password("dongshan has eleven grids", username="dongshan")


def test_hashes_are_argon2id_and_salted() -> None:
    real = hash_password(PASSWORD)
    assert real.startswith("$argon2id$v=19$m=65536,t=3,p=4$") and hash_password(PASSWORD) != real
    assert verify_password(real, PASSWORD)
    assert not verify_password(real, PASSWORD + " ")
    assert not verify_password(None, PASSWORD)
    assert not verify_password("not a hash", PASSWORD)


def test_right_password_lets_in_and_is_logged(service: LoginService) -> None:
    outcome = service.by_password(" LI ", PASSWORD, HOME)
    assert outcome.token and outcome.device
    newest = entries(service.engine)[0]
    assert (newest.action, newest.user_name, newest.source) == ("login", "li", "10.0.0.1")


@pytest.mark.parametrize("username", ["li", "nobody", "", "\x00", "a" * 500, "李' OR 1=1 --"])
def test_refusals_look_alike_and_log_no_typed_text(service: LoginService, username: str) -> None:
    outcome = service.by_password(username, "topsecret wrong", HOME)
    assert (outcome.token, outcome.device, outcome.wait) == ("", "", 0)
    newest = entries(service.engine)[0]
    assert newest.action == "login.failed"
    assert newest.subject in {"li", "?"}
    assert "topsecret" not in str(newest)


def test_weaker_hashes_are_made_again_at_login(
    service: LoginService, monkeypatch: pytest.MonkeyPatch
) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", stronger)
    first = service.by_password("li", PASSWORD, HOME)
    stored = password_hash_of(service.engine, 1)
    assert first.token and stored is not None and "m=16,t=2" in stored


def test_changing_ones_own_password(service: LoginService) -> None:
    entered = service.by_password("li", PASSWORD, HOME)
    li = find_user(service.engine, username="li")
    assert li is not None
    me = Actor(li.id, "li")
    for old, new in (("wrong", "another long pass"), (PASSWORD, "short"), ("", "")):
        with pytest.raises(UsageError):
            change_own_password(service.engine, me, old, new)
    with pytest.raises(UsageError):
        change_own_password(service.engine, Actor(None, "demo"), PASSWORD, "another long pass")
    change_own_password(service.engine, me, PASSWORD, "another long pass")
    assert live_session(service.engine, hash_token(entered.token)) is None
    assert service.by_password("li", "another long pass", HOME).token
    for _ in range(11):
        with pytest.raises(UsageError):
            change_own_password(service.engine, me, "wrong", "another long pass")
    with pytest.raises(UsageError, match="秒后再试"):
        change_own_password(service.engine, me, "another long pass", "third long password")


def test_disabled_and_passwordless_users_stay_out(service: LoginService) -> None:
    add_user(service.engine, SYSTEM, username="sso", name="x", roles=["leader"])
    assert not service.by_password("sso", "", HOME).token
    set_disabled(service.engine, SYSTEM, "li", disabled=True)
    assert not service.by_password("li", PASSWORD, HOME).token


def test_guessing_slows_down_exponentially(service: LoginService) -> None:
    assert guess(service, STRANGER, 6) == [0] * 6
    assert service.by_password("li", PASSWORD, STRANGER).wait == 1, "not even the right one"


def test_waits_double_up_to_a_limit() -> None:
    (pair, place, user) = buckets_for("li", "203.0.113.9", None)
    waits = [int(pair.wait(n).total_seconds()) for n in range(4, 18)]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]
    assert pair.wait(10**9) == timedelta(minutes=15)
    assert place.wait(30) == timedelta(0) and user.wait(10**9) == timedelta(minutes=1)


def test_a_stranger_cannot_lock_anyone_out(service: LoginService) -> None:
    known = service.by_password("li", PASSWORD, HOME)
    for number in range(60):
        guess(service, Visitor(f"198.51.100.{number}"), 1)
    guess(service, HOME, 12)
    assert service.by_password("li", PASSWORD, STRANGER).wait > 0
    at_home = Visitor("10.0.0.1", "browser", known.device)
    assert service.by_password("li", PASSWORD, at_home).token


def test_a_device_cookie_helps_its_own_user_alone_and_is_signed(service: LoginService) -> None:
    known = service.by_password("li", PASSWORD, HOME)
    add_user(service.engine, SYSTEM, username="wang", name="王", roles=["leader"])
    forged = Visitor(STRANGER.source, "", "device.0000")
    guess(service, forged, 6)
    assert service.by_password("li", PASSWORD, forged).wait > 0
    stolen = Visitor("192.0.2.7", "", known.device)
    assert guess(service, stolen, 7, "wang")[-1] > 0
    # With the cookie guessing is slowed as well, in a bucket of its own.
    assert guess(service, Visitor("192.0.2.8", "", known.device), 12)[-1] > 0


def test_attempts_sent_together_are_counted_one_by_one(engine: Engine) -> None:
    buckets = buckets_for("li", "203.0.113.9", None)
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: admit(engine, buckets), range(20)))
    assert waits.count(0) == 6


def test_success_clears_the_pair_and_takes_one_back_from_the_address(engine: Engine) -> None:
    for number in range(40):
        buckets = buckets_for(f"user{number}", "10.0.0.1", None)
        assert admit(engine, buckets) == 0, "colleagues behind one address"
        forgive(engine, buckets)


def test_spraying_one_password_over_many_names_is_slowed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = now()
    monkeypatch.setattr(throttle, "now", lambda: moment)  # a slow machine would let more through
    waits = [admit(engine, buckets_for(f"user{n}", "203.0.113.9", None)) for n in range(40)]
    assert waits.count(0) == 31
    assert admit(engine, buckets_for("user1", "203.0.113.10", None)) == 0
    six = [admit(engine, buckets_for(f"v6{n}", f"2001:db8::{n:x}", None)) for n in range(40)]
    assert six.count(0) == 31, "a line's IPv6 addresses count as one"


def test_a_day_later_all_is_forgotten(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    buckets = buckets_for("li", "203.0.113.9", None)
    waits = [admit(engine, buckets) for _ in range(10)]
    assert waits[-1] > 0
    monkeypatch.setattr(throttle, "now", lambda: now() + timedelta(hours=25))
    assert [admit(engine, buckets) for _ in range(6)] == [0] * 6


def test_provider_maps_to_a_local_user_and_adds_none_by_itself(service: LoginService) -> None:
    assert service.by_provider("LI", "whoever", HOME).token
    assert not service.by_provider("newcomer", "新人", HOME).token
    assert find_user(service.engine, username="newcomer") is None
    oidc = OidcSettings("http://127.0.0.1:1", "id", "secret", create_role="leader")
    creating = LoginService(service.engine, Settings(oidc=oidc), service.key)
    assert creating.by_provider("newcomer", "新人", HOME).token
    found = find_user(service.engine, username="newcomer")
    assert found is not None and found.roles == ("leader",)
    set_disabled(service.engine, SYSTEM, "newcomer", disabled=True)
    assert not creating.by_provider("newcomer", "新人", HOME).token
