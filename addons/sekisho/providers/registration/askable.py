"""Askable: the one name about which a registry may be asked on behalf of a link. Pure."""

import re

from sekisho.link import Link

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# In the public suffix list, but nothing that anybody registers: RFC 3172, RFC 7686, RFC 8375.
_NOT_REGISTERED = ("arpa", "onion")


def askable_domain(link: Link) -> str | None:
    """The registrable domain of a link; None where nobody must be asked.

    That is for addresses, single labels, names of the home network (``nas.local``; no suffix that the
    public list knows), public suffixes themselves, and all names below a company's own suffix: the age
    of a platform says nothing about its user. A domain with a character that no registry takes is not
    asked about either, so that what is sent is always one plain name.
    """
    if link.is_address or link.flaws or not link.suffix or link.private_suffix:
        return None
    if link.domain == link.suffix or link.suffix.rpartition(".")[2] in _NOT_REGISTERED:
        return None
    return link.domain if _NAME.fullmatch(link.domain) else None
