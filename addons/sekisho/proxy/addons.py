"""Addons: the one list, in the order in which their hooks run, for `sekisho run` and for `mitmdump -s`.

Each is an object of its own: mitmproxy skips the later hooks of the same object where one raises. The Guard is the
last.
"""

from collections.abc import Callable, Sequence

from flask import Flask

from sekisho.engine.engine import Engine
from sekisho.proxy.click import Click
from sekisho.proxy.clients import Clients
from sekisho.proxy.desk_port import DeskPort
from sekisho.proxy.guard import Guard
from sekisho.proxy.icon import Icon
from sekisho.proxy.lifecycle import Lifecycle
from sekisho.proxy.page import Page
from sekisho.proxy.portal import Portal
from sekisho.proxy.secret import Secret
from sekisho.proxy.tls_messages import TlsMessages
from sekisho.proxy.trim import Trim
from sekisho.proxy.tunnel import Tunnel


def make_addons(
    engine: Engine, app: Flask, close_client: Callable[[str], None], *, layers: Sequence[object] = ()
) -> list[object]:
    """Every addon of ours. `close_client` ends a client's connection by its id.

    layers: mitmproxy's addons that choose a connection's next layer, where the caller has to add them: what a
    tunnel takes must be taken before they are asked.
    """
    tunnel = Tunnel(engine, close_client)
    return [
        Clients(),
        DeskPort(engine.settings.desk),
        Lifecycle(engine, tunnel.judge_again),
        Portal(app),
        tunnel,
        *layers,
        Click(engine),
        Secret(engine),
        Page(engine),
        Icon(engine),
        TlsMessages(),
        Trim(),
        Guard(engine.connections),
    ]
