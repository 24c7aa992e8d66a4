"""Master: one mitmproxy with our addons and fixed options, from start to stop.

It is built on mitmproxy's Master with the five core addons that an explicit proxy needs; the others
(replay, mapping, onboarding …) cost a third of the CPU of a request, and some can bypass the
checks. `FIXED` is set after the master is built and whatever the settings say.
"""

import asyncio
import contextlib
import ctypes
import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import certifi
from mitmproxy import certs
from mitmproxy.master import Master
from mitmproxy.options import KEY_SIZE, Options

from sekisho import __version__
from sekisho.engine.engine import Engine
from sekisho.engine.resolver import install_resolver
from sekisho.portal.page import PORTAL_HOST
from sekisho.proxy import holding
from sekisho.proxy.addons import make_addons
from sekisho.proxy.core_addons import Core, DisableH2C, NextLayer, Proxyserver, TlsConfig
from sekisho.proxy.portal_app import portal_for, set_up_for
from sekisho.proxy.terminal import Terminal, log_to_terminal
from sekisho.settings import Settings

logger = logging.getLogger(__name__)

FIXED: Mapping[str, object] = MappingProxyType(
    {
        "connection_strategy": "lazy",  # eager would connect to a host before its verdict
        "upstream_cert": False,  # a certificate for one name only, so that browsers cannot coalesce
        "http3": False,
        "rawtcp": False,  # bytes that are no HTTP must not skip the request hook
        "http2_ping_keepalive": 0,  # or idle HTTP/2 connections never time out
        "validate_inbound_headers": True,
        "stream_large_bodies": None,  # would send a large POST up before `request`
        "body_size_limit": None,
        "ignore_hosts": [],
        "allow_hosts": [],
        "tcp_hosts": [],
        "udp_hosts": [],
        "ssl_insecure": False,
        "websocket": True,
        "http2": True,
        "show_ignored_hosts": False,
        "store_streamed_bodies": False,
    }
)
"""mitmproxy options that hold whatever a user sets."""

THREADS = 64
"""Twelve dead names used up Python's default pool and delayed every other lookup by 11 s."""
CA_NAME = "sekisho"


class SekishoMaster(Master):
    """mitmproxy's master with sekisho's addons, in the order in which their hooks run."""

    def __init__(self, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(Options(), event_loop=loop)
        self.settings = settings
        self.engine = Engine(settings)
        self.set_up = set_up_for(settings)
        holding.install()
        self.server = Proxyserver()
        app = portal_for(self.engine, lambda: ca_folder(settings), self.set_up)
        self.addons.add(
            Core(),
            DisableH2C(),
            self.server,
            TlsConfig(),
            *make_addons(self.engine, app, self.close_client, layers=(NextLayer(),)),
        )
        self.options.update(**options_for(settings))

    def close_client(self, client_id: str) -> None:
        """End a client's connection, and with it whatever it is connected to."""
        handler = self.server.connections.get(client_id)
        io = handler.transports.get(handler.client) if handler else None
        if io and io.handler:
            io.handler.cancel("closed by sekisho")


def options_for(settings: Settings) -> dict[str, object]:
    """Every mitmproxy option that sekisho sets: the few that follow the settings, and `FIXED`."""
    options: dict[str, object] = {
        "listen_host": settings.listen,
        "listen_port": settings.port,
        "confdir": str(ca_folder(settings)),
        "ssl_verify_upstream_trusted_ca": _trusted_authorities(settings),
    }
    desk = settings.desk
    mode = ["regular"] if desk.port is None else ["regular", f"regular@{desk.listen}:{desk.port}"]
    return {**options, **FIXED, "mode": mode}


def serve(settings: Settings) -> int:
    """Run the proxy until SIGTERM or Ctrl-C. Returns the exit code: 0, or 1 where it cannot listen."""
    os.umask(0o077)
    terminal = log_to_terminal()
    _raise_file_limit()
    make_authority(ca_folder(settings))
    with asyncio.Runner() as runner:
        return runner.run(_serve(settings, terminal))


async def _serve(settings: Settings, terminal: Terminal) -> int:
    loop = asyncio.get_running_loop()
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="sekisho")
    loop.set_default_executor(executor)
    master = SekishoMaster(settings, loop)
    install_resolver(loop, master.engine.home)
    await master.engine.reload.refresh()
    for stop in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(stop, master.shutdown)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
            break
    announcer = _Announcer(master, terminal)
    master.addons.add(announcer)
    # The rules are some hundred thousand objects that live as long as the process: keep the garbage
    # collector from walking through them in the middle of a click.
    gc.collect()
    _give_back_memory()
    gc.freeze()
    await master.run()
    return announcer.exit_code


class _Announcer:
    """Says where the proxy is once it listens, or why it does not."""

    def __init__(self, master: SekishoMaster, terminal: Terminal) -> None:
        self.master = master
        self.terminal = terminal
        self.exit_code = 0
        # It reports a taken port in mitmproxy's words and options; `running` says it in ours.
        logging.getLogger("mitmproxy.addons.proxyserver").setLevel(logging.CRITICAL)

    async def running(self) -> None:
        """The servers were started, or failed to. On a terminal the addresses come after the start's messages."""
        settings = self.master.settings
        for server in self.master.server.servers:
            if error := server.last_exception:
                taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
                remedy = (
                    "another program has this port; choose another one with --port, or in [desk]"
                    if taken
                    else str(error)
                )
                listen = server.mode.listen_host(settings.listen)
                port = server.mode.listen_port(settings.port)
                sys.stderr.write(f"sekisho: cannot listen on {listen} port {port}: {remedy}\n")
                self.exit_code = 1
                self.master.should_exit.set()
                return
        await self.terminal.settled()
        host, port = self.master.server.listen_addrs()[0][:2]
        shown = f"[{host}]" if ":" in host else host
        desk = settings.desk
        also = f"  (without the proxy: port {desk.port} of {desk.listen}, by https)" if desk.port else ""
        sys.stdout.write(
            f"Proxy        {shown}:{port}  (sekisho {__version__}; set it as the HTTP and HTTPS proxy)\n"
            f"Certificate  http://{PORTAL_HOST}/  (open it through the proxy, once on each device)\n"
            f"Desk         http://{PORTAL_HOST}/desk{also}\n"
        )
        if code := self.master.set_up.code:
            sys.stdout.write(
                f"Password     http://{PORTAL_HOST}/desk/start  (set it there, once, by code {code})\n"
            )
        sys.stdout.flush()


def ca_folder(settings: Settings) -> Path:
    """Where the certificate authority of this installation is kept."""
    return settings.state / "ca"


def make_authority(folder: Path) -> None:
    """Make this installation's own certificate authority, once; only its owner may read the key."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / "mitmproxy-ca.pem").exists():
        certs.CertStore.create_store(folder, "mitmproxy", KEY_SIZE, organization=CA_NAME, cn=CA_NAME)


def _trusted_authorities(settings: Settings) -> str | None:
    """The well-known authorities and the family's own in one file, as mitmproxy wants them."""
    if settings.upstream_ca is None:
        return None
    joined = ca_folder(settings) / "upstream-ca.pem"
    own = settings.upstream_ca.read_text(encoding="ascii", errors="replace")
    joined.write_text(f"{Path(certifi.where()).read_text(encoding='utf-8')}\n{own}\n", encoding="utf-8")
    return str(joined)


def _give_back_memory() -> None:
    """Reading the rules leaves some 4 MiB of free pages, which glibc keeps unless `malloc_trim` is called."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _raise_file_limit() -> None:
    """A busy household holds more sockets than macOS's default of 256 or Linux's of 1,024."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
