"""One of several server processes: `python -m gridgov.serve.worker FD ADDRESS PORT`.

Started by `gridgov/serve/desk.py`. Serves `dashboard.py` as `streamlit run` does, on connections
that are handed over instead of a port of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn
from streamlit import config
from streamlit.web import bootstrap

from gridgov.locale import _
from gridgov.serve.handed import HandedOver

__all__ = ["serve"]

_ROOT = Path(__file__).resolve().parents[2]
# Streamlit's own bounds (starlette_server.py): a message holds at most what may be uploaded.
_PING_SECONDS = 30


def serve(fileno: int, address: str, port: int) -> None:
    """Serve until told to stop. The application's import fails with one line (SystemExit).

    `address` and `port` are those that visitors call: the gate decides by them who may come in.
    """
    bootstrap.load_config_options({"server_address": address, "server_port": port})
    if config.get_option("server.sslCertFile"):
        raise SystemExit(
            _(
                "几个进程时，证书要放在前面的反向代理上；"
                "要由看板自己用证书，请用 streamlit run dashboard.py"
            )
        )
    sys.path.insert(0, str(_ROOT))
    import dashboard

    megabytes = int(config.get_option("server.maxMessageSize"))
    settings = uvicorn.Config(
        dashboard.app,
        # `accept` of the handed socket is Python's, so the loop has to be Python's own.
        loop="asyncio",
        ws="websockets-sansio",
        ws_max_size=megabytes * 1_000_000,
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_per_message_deflate=bool(config.get_option("server.enableWebsocketCompression")),
        access_log=False,
        use_colors=False,
        log_level="warning",
    )
    uvicorn.Server(settings).run(sockets=[HandedOver(fileno)])


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
