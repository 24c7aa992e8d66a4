"""Names: what a domain that stands in a rule file must look like.

A rule that is spelled in another way than `sekisho.link` spells hosts would never match, and nobody
would notice. So rules hold the canonical form only, and a mistake is answered with the form to write.
Pure: no files.
"""

from sekisho.link import Link, LinkError, host_link, parse_link


def rule_domain(text: str) -> Link:
    """The Link of a canonical domain: a registrable domain, or a host below one.

    Raises ValueError that says what is wrong and what to write, for anything else: upper case, a
    scheme, a dot at an end, the Unicode form of an IDN, an address, a public suffix.
    """
    link = rule_platform(text)
    if is_public_suffix(link):
        raise ValueError(f"{text!r} is a public suffix; write a domain below it")
    return link


def rule_platform(text: str) -> Link:
    """As `rule_domain`, but a company's own suffix will do: ``web.app``, or ``run.app`` of ``*.run.app``."""
    link = host_link(text)
    if link.flaws or link.host != text:
        raise ValueError(f"{text!r} is not canonical{_remedy(text)}")
    if link.is_address:
        raise ValueError(f"{text!r} is an address; write a domain")
    if not link.suffix:
        raise ValueError(f"{text!r} ends in no known public suffix; write a domain such as example.org")
    if is_public_suffix(link) and not name_below(text).private_suffix:
        raise ValueError(f"{text!r} is a public suffix; write a domain below it")
    return link


def is_public_suffix(link: Link) -> bool:
    """The host is a suffix below which anybody may register: ``co.jp``, ``github.io``, ``kawasaki.jp``.

    The last is the parent of a wildcard rule (``*.kawasaki.jp``), which the list itself does not name.
    """
    if link.suffix == link.host:
        return True
    if not link.suffix or link.domain != link.host:
        return False
    below = name_below(link.host)
    return below.suffix == below.host


def name_below(suffix: str) -> Link:
    """The Link of a name below `suffix` that no rule of the public suffix list names (``a.se`` is one)."""
    return host_link(f"name-of-nobody.{suffix}")


def _remedy(text: str) -> str:
    try:
        link = parse_link(text.strip().strip("."))
    except LinkError:
        return "; write a domain such as example.org"
    if link.flaws or link.host == text:
        return "; write a domain such as example.org"
    return f"; write {link.host!r}"
