"""The proxy as the family runs it, but that each request is approved at once: what scripts/bench_click.py
compares with. It takes the command line of `sekisho`. For measurements on loopback only.
"""

from mitmproxy import http

from sekisho.cli import main
from sekisho.policy.navigation import Kind
from sekisho.proxy import master
from sekisho.proxy.click import Click
from sekisho.verdict import Level, Verdict


class Unjudged(Click):
    """Click without its question; what comes after the approval is the same."""

    async def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Approve."""
        self._approve(flow, Kind.CLICK, Verdict(Level.PASS))


if __name__ == "__main__":
    setattr(master, "Click", Unjudged)  # noqa: B010  # where the master takes its addon from
    main()
