"""The commands, mounted; and what an error becomes: one line and an exit status."""

from __future__ import annotations

import importlib
import sys

import typer

from gridgov.cli.run import run_app

__all__ = ["app", "main"]

app = typer.Typer(
    help="格格看板：服务、评选、用户、审计、备份、导出、查询、信号、目标。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """With a callback Typer keeps the command's name even when a single one is mounted."""


# Name of the command → module with a Typer `app`, or a plain function of the command's name.
_GROUPS = {
    "awards": "gridgov.cli.awards",
    "user": "gridgov.cli.user",
    "audit": "gridgov.cli.audit",
    "target": "gridgov.cli.target",
}
_COMMANDS = {
    "backup": ("gridgov.cli.backup", "backup"),
    "restore": ("gridgov.cli.backup", "restore"),
    "serve": ("gridgov.cli.serve", "serve"),
    "sql": ("gridgov.cli.sql", "sql"),
    "export": ("gridgov.cli.export", "export"),
    "signals": ("gridgov.cli.signals", "signals"),
    "person": ("gridgov.cli.person", "person"),
    "purge": ("gridgov.cli.person", "purge"),
}


def _mount(wanted: str | None) -> None:
    """Import only the command that is called: `user list` must not wait for scipy."""
    for name, module in _GROUPS.items():
        if wanted in (None, name):
            app.add_typer(importlib.import_module(module).app, name=name)
    for name, (module, function) in _COMMANDS.items():
        if wanted in (None, name):
            app.command(name)(getattr(importlib.import_module(module), function))


def main() -> None:
    """Run the command line; never ends in a traceback for an error that GridGov knows."""
    named = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    known = {*_GROUPS, *_COMMANDS}
    _mount(named if named in known else None)
    run_app(app)
