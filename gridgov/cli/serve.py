"""`python -m gridgov serve --servers 4`: the dashboard on several processors."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Annotated

import typer

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["serve"]


def serve(
    servers: Annotated[
        int | None, typer.Option(help="服务进程数；默认每个处理器一个，最多 8 个", min=1, max=64)
    ] = None,
    address: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口", min=1, max=65535)] = 8501,
) -> None:
    """启动看板，用几个进程同时计算；人多时用它代替 streamlit run dashboard.py。

    一个浏览器始终由同一个进程服务；某个进程出错退出会自动重新启动，其他进程的用户不受影响。
    """
    if sys.platform == "win32":
        raise UsageError(_("Windows 上请用 streamlit run dashboard.py"))
    from gridgov.serve.desk import Desk, listening

    logging.basicConfig(format="%(asctime)s %(message)s")
    try:
        door = listening(address, port)
    except OSError as error:
        raise UsageError(
            _(
                "不能在 {address}:{port} 上监听：{why}。请换一个端口 --port",
                address=address,
                port=port,
                why=error.strerror or error,
            )
        ) from None
    number = servers or min(os.cpu_count() or 1, 8)
    sys.stderr.write(_("格格看板：http://{address}:{port}", address=address, port=port) + "\n")
    asyncio.run(Desk(door, number).run())
