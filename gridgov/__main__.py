"""`python -m gridgov`: awards, users, audit, backup, export, SQL, signals."""

from __future__ import annotations

from gridgov.cli.main import main

main()
