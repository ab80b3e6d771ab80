"""The script that the served application runs at every interaction.

Identity → language → data → navigation → filters → page. Nothing of a page is drawn before its
reader is known, and every refusal or defect ends in a sentence.
"""

from __future__ import annotations

from gridgov.ui.shell import run
from gridgov.ui.turns import turn

with turn():
    run()
