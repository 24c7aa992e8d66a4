"""registration: how old a registrable domain is, as its registry tells it. RDAP, and WHOIS for .jp.

Phishing lives on names that are a few days old. Registries tell the day of registration to anybody who
asks about the registrable domain: by RDAP (RFC 9082, 9083; IANA's list says which server knows which
suffix, RFC 9224), and JPRS, which has no RDAP, by WHOIS (RFC 3912). No more than that domain is told to
anybody. A look-up never decides: it adds a caution, and where it fails there is no such finding.

Pure: `answer` (the values), `age` (dates, and what a young name means), `askable` (which names are
asked about), `server_list`, `rdap_answer`, `jprs_answer` (what servers say), `rate_limit` (when they may
be asked). With I/O: `fetch`, `rdap`, `whois`, `kept_servers`. `registrations` puts them together.

Reading a value costs no import of aiohttp (a fifth of a second): `Registrations` is loaded on first use.
"""

from typing import TYPE_CHECKING

from sekisho.providers.registration.age import find_evidence
from sekisho.providers.registration.answer import NoAnswerError, Registration, State
from sekisho.providers.registration.askable import askable_domain
from sekisho.providers.registration.facts import Facts, SourceNotes

if TYPE_CHECKING:
    from sekisho.providers.registration.registrations import Registrations

__all__ = [
    "Facts",
    "NoAnswerError",
    "Registration",
    "Registrations",
    "SourceNotes",
    "State",
    "askable_domain",
    "find_evidence",
]


def __getattr__(name: str) -> object:
    """`Registrations`, imported when somebody asks for it (PEP 562)."""
    if name == "Registrations":
        from sekisho.providers.registration.registrations import Registrations

        return Registrations
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
