"""The one script stands for the scripts of the Streamlit that is installed, and for all of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit import file_util

from gridgov.access.bundled import Bundle, bundle_for
from gridgov.access.front_page import front_page

STATIC = Path(file_util.get_static_dir())
SCRIPTS = STATIC / "static" / "js"
IMPORTED = re.compile(r'import\s*\{([^}]*)\}\s*from\s*["\'`]\./([^"\'`]+)["\'`]')
EXPORTED = re.compile(r"\bexport\s*\{([^}]*)\}")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    found = bundle_for(STATIC)
    assert found is not None, "Streamlit was upgraded: build tools/bundle again"
    return found


def pairs(text: str) -> dict[str, str]:
    """`a as b, c` → {"b": "a", "c": "c"}."""
    parts = [part.split(" as ") for part in text.split(",") if part.strip()]
    return {part[-1].strip(): part[0].strip() for part in parts}


def test_every_name_that_another_script_asks_for_is_there(bundle: Bundle) -> None:
    asked = 0
    for path in SCRIPTS.glob("*.js"):
        if path.name in bundle.members:
            continue
        for names, source in IMPORTED.findall(path.read_text(encoding="utf-8")):
            if source in bundle.members:
                wanted = set(pairs(names).values())
                assert wanted <= set(bundle.members[source]), (path.name, source)
                asked += len(wanted)
    assert asked > 500


def test_a_packed_script_exports_what_it_did(bundle: Bundle) -> None:
    (last,) = EXPORTED.findall(bundle.script.read_text(encoding="utf-8"))[-1:]
    inner = set(pairs(last))
    for name, exports in bundle.members.items():
        found = EXPORTED.findall((SCRIPTS / name).read_text(encoding="utf-8"))
        theirs = set(pairs(found[-1])) if found else set()
        assert theirs <= set(exports), name
        assert set(exports.values()) <= inner, name


def test_the_front_page_asks_for_one_script(bundle: Bundle) -> None:
    plain, one = front_page(STATIC), front_page(STATIC, bundle=bundle, early=["/figure.js"])
    assert plain.count("/static/js/") > 50
    assert re.findall(r'/static/js/[^"]+', one) == [bundle.address]
    assert '<script type="module" async src="/figure.js"></script></head>' in one
    # Only the one script takes over what the page has asked for already.
    assert ("new WebSocket" in plain, "new WebSocket" in one) == (False, True)
    # Style sheets stay.
    assert re.findall(r'/static/css/[^"]+', one) == re.findall(r'/static/css/[^"]+', plain)


def test_another_streamlit_gets_its_own_scripts(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "static" / "js").mkdir(parents=True)
    front = (STATIC / "index.html").read_text(encoding="utf-8")
    (tmp_path / "index.html").write_text(front, encoding="utf-8")
    for name in bundle.members:
        (tmp_path / "static" / "js" / name).touch()
    assert bundle_for(tmp_path) is not None
    (tmp_path / "static" / "js" / sorted(bundle.members)[0]).unlink()
    assert bundle_for(tmp_path) is None
