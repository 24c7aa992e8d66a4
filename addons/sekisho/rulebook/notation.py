"""Notation: an entry as other programs write it, for `sekisho export`; `foreign` reads it back. Pure.

Not every notation can say everything: a hosts file knows no subdomains and no exceptions, and none but our
own knows an end.
"""

from collections.abc import Callable
from typing import Literal

from sekisho.link import host_link
from sekisho.rulebook.hostlist import entry_line
from sekisho.rulebook.model import ListEntry

Notation = Literal["plain", "hosts", "adguard", "dnsmasq"]
_Write = Callable[[ListEntry], str | None]


def _hosts(entry: ListEntry) -> str | None:
    return None if host_link(entry.name).is_address else f"0.0.0.0 {entry.name}"


def _adguard(entry: ListEntry) -> str:
    return f"{'|' if entry.exact else '||'}{entry.name}^"


def _adguard_exception(entry: ListEntry) -> str:
    return f"@@{_adguard(entry)}"


def _dnsmasq(entry: ListEntry) -> str | None:
    if host_link(entry.name).is_address:
        return None
    return f"host-record={entry.name},0.0.0.0,::" if entry.exact else f"address=/{entry.name}/#"


def _dnsmasq_exception(entry: ListEntry) -> str | None:
    return None if entry.exact else f"server=/{entry.name}/#"


_WRITERS: dict[tuple[str, Notation], _Write] = {
    ("block", "plain"): entry_line,
    ("block", "hosts"): _hosts,
    ("block", "adguard"): _adguard,
    ("block", "dnsmasq"): _dnsmasq,
    ("allow", "plain"): entry_line,
    ("allow", "adguard"): _adguard_exception,
    ("allow", "dnsmasq"): _dnsmasq_exception,
}


def writer(kind: str, notation: Notation) -> _Write:
    """Entry → its line, or None where the notation cannot say it. Raises ValueError for a kind that it lacks."""
    try:
        return _WRITERS[kind, notation]
    except KeyError:
        raise ValueError(
            f"the notation {notation} has no exceptions; write them as plain or adguard"
        ) from None
