"""Running a Typer application so that an error is one line and an exit status."""

from __future__ import annotations

import os
import sys

import typer

from gridgov.errors import GridGovError
from gridgov.locale import _

__all__ = ["run_app"]


def run_app(app: typer.Typer) -> None:
    """Run `app` and exit: 0 done, 2 wrong call, 3 data refused, 4 another writer, 1 anything else.

    An error of the tree in `gridgov.errors` is one line on standard error. A defect is one line
    too, with its kind: what a data clerk can send on; set GRIDGOV_DEBUG=1 for the traceback.
    """
    try:
        app(standalone_mode=True)
    except GridGovError as error:
        print(" ".join(str(error).split()), file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        print(_("已中断，未改动已发布的数据"), file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except Exception as error:
        if os.environ.get("GRIDGOV_DEBUG"):
            raise
        what = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        print(  # noqa: T201
            _("程序内部错误：{what}。设置 GRIDGOV_DEBUG=1 再运行可看到详情", what=what),
            file=sys.stderr,
        )
        sys.exit(1)
