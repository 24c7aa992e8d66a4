"""proxy: mitmproxy's hooks and nothing else. No decision is made here.

Each addon is a file and a top-level object of its own, because mitmproxy lets a request pass where a hook raises,
and skips the later hooks of that object with it. The Guard stands last and refuses what carries no Action.
`core_addons` is imported first: it keeps mitmproxy from importing what is not used.
"""

import sekisho.proxy.core_addons  # noqa: F401
from sekisho.proxy.master import serve

__all__ = ["serve"]
