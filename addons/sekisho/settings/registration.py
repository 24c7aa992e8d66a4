"""The ``[registration]`` table: whether registries are asked how old a name is, where, and for how long. Pure."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from sekisho.link import is_loopback
from sekisho.settings.addresses import parse_server
from sekisho.settings.values import Section

WHOIS_PORT = 43


def _bootstrap(value: str) -> str:
    host: str | None
    try:
        url = urlsplit(value)
        host, _ = url.hostname, url.port
    except ValueError:
        host = None
    if not host or not (url.scheme == "https" or (url.scheme == "http" and is_loopback(host))):
        raise ValueError(
            "write an https address such as https://data.iana.org/rdap/dns.json "
            "(plain http only for this computer)"
        )
    return value


def _whois(value: str) -> str:
    parse_server(value, WHOIS_PORT)
    return value


class RegistrationSettings(Section):
    """The table ``[registration]``: asking registries how old a name is. Frozen."""

    on: bool = True
    """Whether registries are asked at all."""
    wait: float = Field(default=1.5, ge=0, le=10)
    """Seconds that a click waits for the answer."""
    bootstrap: Annotated[str, AfterValidator(_bootstrap)] = "https://data.iana.org/rdap/dns.json"
    """Where the list is that says which registry answers for which suffix."""
    whois: Annotated[str, AfterValidator(_whois)] = "whois.jprs.jp:43"
    """HOST:PORT of the server that is asked about names under .jp."""
    young_days: int = Field(default=30, ge=1, le=365)
    """A name that is younger is new."""

    @property
    def whois_server(self) -> tuple[str, int]:
        """`whois` as host and port."""
        return parse_server(self.whois, WHOIS_PORT)
