"""The what-if page: drag a route over the airspace of states, and see what it crosses while it moves.

`make_app` makes it an ASGI application, `serve` runs that on this machine. Both need Starlette and uvicorn, the extra
``overflight[serve]``.
"""

from __future__ import annotations

import contextlib
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator

from overflight.errors import OverflightError
from overflight.outside.files import reason_of
from overflight.serve.app import make_app
from overflight.serve.asked import Setting

__all__ = ["Setting", "listen", "make_app", "serve"]

BACKLOG = 2_048


def serve(
    setting: Setting,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    hosts: Iterable[str] = (),
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the what-if page until interrupted or terminated.

    Parameters
    ----------
    setting : Setting
        What the page opens with.
    host : str
        The address to listen at. Any but this machine's loopback lets others in.
    port : int
        The port; 0 for any that is free.
    hosts : iterable of str
        Names, besides that of `host` and of loopback, by which browsers may call it.
    ready : callable
        Is told the address of the page when it can be opened.

    Raises
    ------
    OverflightError
        If the address can't be listened at.
    """
    import uvicorn

    from overflight.serve.connections import Connection

    listener = listen(host, port)
    bound = listener.getsockname()
    any_address = not ipaddress.ip_address(bound[0].partition("%")[0]).is_loopback
    app = make_app(setting, hosts=(host, *hosts), any_address=any_address)
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        ws="none",
        http=Connection,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    ready(f"http://{shown}:{bound[1]}/")
    with contextlib.suppress(KeyboardInterrupt), _terminable(), listener:  # how it ends
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Open the socket that `serve` listens at; raises `OverflightError` if that can't be."""
    try:
        # asyncio sends without delay only where the protocol is named: else each answer waits 40 ms for the other side
        kind, protocol = socket.SOCK_STREAM, socket.IPPROTO_TCP
        family, *_, address = socket.getaddrinfo(host, port, type=kind, proto=protocol)[0]
        with contextlib.ExitStack() as closing:
            listener = closing.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
            closing.pop_all()
    except (OSError, UnicodeError) as error:
        msg = f"{host}:{port} can't be listened at ({reason_of(error)}): choose another with --port or --host"
        raise OverflightError(msg) from error
    else:
        return listener


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Take a SIGTERM for an interrupt: uvicorn, when it has ended in order, raises again whatever ended it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
