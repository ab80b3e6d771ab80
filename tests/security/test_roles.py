"""Every role at every page: it opens, or the person lands on a page of their own."""

from __future__ import annotations

import pytest

from gridgov.access.roles import Identity, Role
from gridgov.ui.navigation import PAGES, allowed
from tests.pages.conftest import OpenPage, built_warehouse, open_page
from tools.role_table import DOCUMENT, document

__all__ = ["built_warehouse", "open_page"]


@pytest.mark.parametrize("role", list(Role))
def test_pages_of_other_roles_are_not_registered(open_page: OpenPage, role: Role) -> None:
    app = open_page("account", role=role.value)
    assert not app.exception
    for page in PAGES:
        if role in page.roles:
            app.switch_page(f"../pages/{page.name}.py")
        else:
            with pytest.raises(ValueError, match="Could not find a navigation page"):
                app.switch_page(f"../pages/{page.name}.py")


def test_the_table_in_the_document_is_fresh() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run python tools/role_table.py"


def test_nobody_without_a_role_has_a_page() -> None:
    assert allowed(Identity(0, "nobody", frozenset())) == []
