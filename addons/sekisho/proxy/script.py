"""Script: the same addons in a mitmdump that its user configures, by `-s`. For power users, not for a family.

mitmproxy treats all addons of a script as one: where a hook of one raises, the Guard after it is skipped, and a
script that is deleted or broken while it runs is unloaded without a message. So here an error can let a request
through, which `sekisho run` never does. Settings come from the environment and the settings file; the options that
the checks need are set, modes and hosts are left to the user.
"""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mitmproxy import ctx

from sekisho.engine.engine import Engine
from sekisho.engine.resolver import install_resolver
from sekisho.portal.login import SetUp
from sekisho.proxy import holding
from sekisho.proxy.addons import make_addons
from sekisho.proxy.master import FIXED, THREADS
from sekisho.proxy.portal_app import portal_for
from sekisho.settings import load_settings

LEFT_TO_THE_USER = frozenset({"ignore_hosts", "allow_hosts", "tcp_hosts", "udp_hosts"})
"""Options of `FIXED` that somebody who starts mitmproxy himself means as he sets them."""


class Prepare:
    """Sets the options and the loop before anything is judged."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def running(self) -> None:
        """The options of the command line are all read by now."""
        holding.install()
        ctx.options.update(**{name: value for name, value in FIXED.items() if name not in LEFT_TO_THE_USER})
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="sekisho"))
        install_resolver(loop, self.engine.home)


def script_addons() -> list[object]:
    """The addons for `mitmdump -s`, in the order in which their hooks run. Raises SettingsError."""
    os.umask(0o077)
    settings = load_settings({})
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = Engine(settings)
    app = portal_for(engine, lambda: Path(ctx.options.confdir).expanduser(), SetUp())
    return [Prepare(engine), *make_addons(engine, app, lambda client_id: None)]
