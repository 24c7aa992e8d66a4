"""The proxy room: mitmproxy's hooks and nothing else. No decision is made here.

Each addon is a file and a top-level object of its own, because mitmproxy lets a request pass where a
hook raises, and skips the later hooks of that object with it. The Guard stands last and refuses what
no other addon approved.
"""

from sekisho.proxy.master import serve

__all__ = ["serve"]
