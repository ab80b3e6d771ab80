"""Addresses of pages typed by hand, at the real application: on a server that has served nothing
yet, without a session, and with the session of a role that the page is not for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection

from gridgov.access.passwords import hash_password
from gridgov.access.roles import Role
from gridgov.ui.navigation import PAGES
from gridgov.workspace.audit import SYSTEM
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.user import add_user
from tests.warehouses import sample_warehouse

from .conftest import PASSWORD, ROOT, Server, serve

# Every forbidden page for those who may see least; for the others, whose first page takes longer,
# one of each kind. tests/security/test_roles.py goes through all of them without a server.
THOROUGH = (Role.WORKER, Role.ADMINISTRATOR)
ONE_OF_EACH = {"overview", "sql", "awards", "data", "users"}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """dashboard.py over the sample, with a user for each role, having served nothing yet."""
    folder = tmp_path_factory.mktemp("real")
    url = f"sqlite:///{folder / 'data' / 'workspace' / 'workspace.sqlite'}"
    engine = open_workspace(url)
    hashed = hash_password(PASSWORD)
    for role in Role:
        add_user(
            engine, SYSTEM, username=role.value, name=role.value, roles=[role.value],
            password_hash=hashed,
        )  # fmt: skip
    engine.dispose()
    settings = {
        "GRIDGOV_WAREHOUSE": str(sample_warehouse()),
        "GRIDGOV_WORKSPACE": str(folder / "data" / "workspace" / "workspace.sqlite"),
        "GRIDGOV_SCHEMES": str(ROOT / "data/schemes"),
        "GRIDGOV_RECORDS": str(folder / "records"),
    }
    with serve(folder, script=ROOT / "dashboard.py", **settings) as running:
        yield running
        running.close_clients()


@dataclass
class Shown:
    """What one run of the application sent: HTML, and the pages that it offers."""

    html: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)

    def title(self) -> str:
        (found,) = [body for body in self.html if 'class="gg-title"' in body]
        return found


def opened(line: ClientConnection, page: str, seconds: float = 90) -> Shown:
    """Ask for a page by its address, as a browser does that was given a deep link."""
    message = BackMsg()
    message.rerun_script.page_name = page
    line.send(message.SerializeToString())
    shown, until = Shown(), time.monotonic() + seconds
    while time.monotonic() < until:
        told = ForwardMsg()
        told.ParseFromString(line.recv(timeout=seconds))  # type: ignore[arg-type]
        kind = told.WhichOneof("type")
        if kind == "delta":
            shown.html.append(told.delta.new_element.html.body)
        elif kind == "navigation":
            shown.pages |= {found.url_pathname for found in told.navigation.app_pages}
        elif kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return shown
    raise TimeoutError


def test_the_first_request_ever_is_a_page_and_meets_the_gate(real: Server) -> None:
    """Streamlit alone would run pages/users.py for /users before the main script, log-in and all."""
    client = real.client()
    for page in PAGES:
        answer = client.get(f"/{page.name}", headers={"Accept": "text/html"})
        assert answer.status_code == 303 and answer.headers["location"].startswith("/login")
        assert page.title not in answer.text
    with pytest.raises(InvalidStatus):
        real.socket()
    log = real.log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in log and "pages/" not in log


@pytest.mark.parametrize("role", list(Role))
def test_a_deep_link_to_a_page_of_others_opens_a_page_of_ones_own(real: Server, role: Role) -> None:
    own = {page.name for page in PAGES if role in page.roles}
    others = [page for page in PAGES if role not in page.roles]
    tried = 0
    with real.socket(real.log_in(role.value)) as line:
        for page in others:
            if role not in THOROUGH and page.name not in ONE_OF_EACH:
                continue
            shown = opened(line, page.name)
            # The page that opens first has the bare address as well.
            assert shown.pages - {""} == own
            assert f">{page.title}<" not in shown.title()
            tried += 1
    assert tried == len(others) if role in THOROUGH else tried >= 2
