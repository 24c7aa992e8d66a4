"""Parts: of which registrable domains is a part listed, and not the whole? They must not be tunnelled whole.

A short list is looked through once; a long one brings its answer along, worked out when it was packed. Pure.
"""

from collections.abc import Iterable
from math import inf

from sekisho.link import host_link, plain_domain
from sekisho.rulebook.model import HostList, PartsOfDomains


def listed_parts(lists: Iterable[HostList]) -> tuple[PartsOfDomains, ...]:
    """The answers of several lists; one for all of the short ones."""
    short: dict[str, float] = {}
    answers: list[PartsOfDomains] = [short]
    for host_list in lists:
        if parts := host_list.packed_parts:
            answers.append(parts)
            continue
        for entry in (*host_list.domains.values(), *host_list.hosts.values()):
            if domain := part_of(entry.name, entry.exact):
                short[domain] = max(short.get(domain, 0.0), inf if entry.until is None else entry.until)
    return tuple(answers)


def part_of(name: str, exact: bool) -> str:
    """The registrable domain of which an entry lists a part, or an empty text where it lists the whole."""
    domain = plain_domain(name) or host_link(name).domain
    return domain if exact or domain != name else ""
