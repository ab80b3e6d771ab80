"""The scripts that every page needs, as one.

Streamlit sends its first page as ninety scripts, one request each: on two cores a third of a second
of the first load goes into fetching them. `tools/bundle` packs them into one. Every packed script
stays importable under its own name, for those that are loaded later: what is sent then only names
the part of the one script. With another Streamlit than the one that was packed, its own are sent.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gridgov.locale import _

__all__ = ["Bundle", "bundle_for"]

_FOLDER = Path(__file__).resolve().parent / "bundle"
_PREFIX = "/static/js/"
_PRELOADED = re.compile(r'[ \t]*<link rel="modulepreload"[^>]*href="[^"]*/([^"/]+)"[^>]*>\n?')
_log = logging.getLogger("gridgov")


@dataclass(frozen=True)
class Bundle:
    """script: the one script; index: the one that it stands for in the front page; members: every
    packed script with its exports, name → name in the one script."""

    script: Path
    index: str
    members: Mapping[str, Mapping[str, str]]

    @property
    def address(self) -> str:
        """Where the browser asks for it: beside the scripts that are not in it."""
        return _PREFIX + self.script.name

    @property
    def files(self) -> dict[str, Path | bytes]:
        """Address → what is sent: the one script; for each packed one what it names of it."""
        found: dict[str, Path | bytes] = {self.address: self.script}
        for name, exports in self.members.items():
            pairs = ",".join(f"{inner} as {outer}" for outer, inner in exports.items())
            text = f'export{{{pairs}}}from"./{self.script.name}";'
            found[_PREFIX + name] = text.encode()
        return found

    def front(self, page: str) -> str:
        """The front page with the one script in the place of the first of the packed ones."""
        page = _PRELOADED.sub(lambda link: "" if link[1] in self.members else link[0], page)
        return page.replace(_PREFIX + self.index, self.address)


def bundle_for(static: Path) -> Bundle | None:
    """The bundle, where it was packed from the Streamlit whose `static` folder this is.

    Names of scripts carry a hash of their content: equal names, equal scripts.
    """
    made = json.loads((_FOLDER / "members.json").read_text(encoding="utf-8"))
    there = {path.name for path in (static / "static" / "js").glob("*.js")}
    front = (static / "index.html").read_text(encoding="utf-8")
    if made["index"] not in front or not there.issuperset(made["members"]):
        _log.warning(_("Streamlit 的版本与打包的脚本不同，首次打开会慢一些：见 tools/bundle"))
        return None
    return Bundle(_FOLDER / made["script"], made["index"], made["members"])
