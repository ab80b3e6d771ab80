"""`python -m etl`: load, check, rejects, status, versions, rollback, undo, sample, dictionary."""

from __future__ import annotations

import sys

from etl.cli import main

sys.exit(main())
