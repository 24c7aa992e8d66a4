"""Everybody whom the proxy asks, on loopback: VirusTotal, the list of registries, a registry, JPRS.

They keep what they heard, so that a test can say: nothing but registrable domains left the household.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..providers.registration.servers import (
    LIST_PATH,
    WebServer,
    WhoisServer,
    list_answer,
    web_server,
    whois_server,
)
from ..providers.virustotal_server import VirusTotalServer
from .conftest import NOBODY_OUTSIDE

_SUFFIXES = ("jp", "co.jp", "ne.jp", "or.jp", "ac.jp", "ad.jp", "ed.jp", "go.jp", "gr.jp", "lg.jp")
UNFAMILIAR = [f"example{number}.{suffix}" for number in range(10) for suffix in _SUFFIXES]
"""A hundred registrable domains that JPRS keeps free for examples, and that no rule speaks for or against."""


@dataclass
class OutsideServers:
    """The servers, and all that they heard."""

    virustotal: VirusTotalServer
    web: WebServer
    jprs: WhoisServer

    def settings(self, **more: str) -> dict[str, str]:
        """The environment of a proxy that asks all of them. `more` in capitals: VIRUSTOTAL__WAIT."""
        ours = {
            "VIRUSTOTAL__KEY": self.virustotal.key,
            "VIRUSTOTAL__HOST": self.virustotal.base,
            "REGISTRATION__ON": "true",
            "REGISTRATION__BOOTSTRAP": f"{self.web.url}{LIST_PATH}",
            "REGISTRATION__WHOIS": f"127.0.0.1:{self.jprs.port}",
            **more,
        }
        return NOBODY_OUTSIDE | {f"SEKISHO_{name}": value for name, value in ours.items()}

    def heard(self) -> set[str]:
        """Every name that somebody was asked about; fails where a request was anything but one name."""
        said = [request.path for request in self.virustotal.requests]
        said += [line.removeprefix("GET ") for line in self.web.heard if line != f"GET {LIST_PATH}"]
        said += [line.decode("ascii").removesuffix("/e\r\n") for line in self.jprs.heard]
        named = [re.fullmatch(r"(?:/api/v3/domains/|/registry/domain/)?([a-z0-9.-]+)", line) for line in said]
        assert all(named), said
        return {found[1] for found in named if found}


@contextmanager
def outside_servers() -> Iterator[OutsideServers]:
    """Start them; the registry has .org and .net, and knows no name yet."""
    with VirusTotalServer() as virustotal, web_server() as web, whois_server() as jprs:
        base = f"{web.url}/registry/"
        web.answers[LIST_PATH] = list_answer({"org": base, "net": base})
        yield OutsideServers(virustotal, web, jprs)
