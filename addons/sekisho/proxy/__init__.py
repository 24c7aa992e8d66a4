"""proxy: mitmproxy's hooks and nothing else. No decision is made here.

Each addon is a file and a top-level object of its own, because mitmproxy lets a request pass where a hook raises,
and skips the later hooks of that object with it. The Guard stands last and refuses what carries no Action.

    master, lifecycle   `sekisho run`: starts and stops mitmproxy, and the engine's tasks with it
    script              the same addons in another mitmproxy, by ``mitmdump -s``
    addons              the one list of addons, in their order
    clients, desk_port, portal, tunnel, click, secret, page, icon, trim, guard   an addon each
    flows, answer       mitmproxy's flows → values of ours; an Action → what happens to a flow
    holding, spool      a response that is held; a request body that is bounded
    portal_app          the portal's pages, connected to the engine
    terminal            what is printed

`core_addons` is imported first: it keeps mitmproxy from importing what is not used.
"""

import sekisho.proxy.core_addons  # noqa: F401
from sekisho.proxy.master import serve

__all__ = ["serve"]
