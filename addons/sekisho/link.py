"""Link: what a URL is, as a browser would read it, and nothing about whether it is good.

A host has many spellings (``EXAMPLE.com.``, ``ｅｘａｍｐｌｅ.com``, ``0x7f.1``, ``xn--…``); every check
must see one. Reading follows the WHATWG URL standard through Ada, the parser of Node.js, so that
what is judged is what the browser would open. What cannot be read is not an error here but a *flaw*
of the Link: the policy never lets such a host pass.

Pure: no look-ups, no clock. The public suffix list is the one bundled with tldextract.
"""

import ipaddress
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import ada_url
import tldextract

_SUFFIXES = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)

# The common case, decided without the URL parser: LDH labels, and a last label that has a letter
# (otherwise the host is an IPv4 address in some notation, or nothing that a browser would open).
_PLAIN_HOST = re.compile(r"(?:[a-z0-9-]{1,63}\.)*(?=[0-9-]*[a-z])(?!0x)[a-z0-9-]{1,63}")
_PLAIN_URL = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?:[/?#]|$)"
)
# A host given by a proxy request stands alone: any of these would make a URL parser see another host.
_NOT_IN_A_HOST = re.compile(r"[\x00-\x20/\\?#@:%\[\]<>^|\x7f]")
_MAX_HOST = 253  # RFC 1035 §2.3.4, less the length octet and the root label
_MAX_LABEL = 63
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class LinkError(ValueError):
    """The text names no host that a browser could open. The message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One host as it would be opened; never a path, a query or a user name."""

    host: str
    """ASCII, lower case, no trailing dot; IPv4 in four decimals, IPv6 compressed without brackets."""
    domain: str
    """Registrable domain, private suffixes included (``foo.github.io``); the host itself where it has none."""
    suffix: str
    """Public suffix (``co.jp``, ``github.io``), or empty: an address, a single label, an unknown suffix."""
    private_suffix: bool
    """The suffix is a company's (``github.io``): each name under it belongs to another user."""
    unicode: str
    """The host with each ``xn--`` label decoded; what a person would read. Same number of labels."""
    scheme: str = "https"
    port: int = 443
    is_address: bool = False
    """The host is an IPv4 or IPv6 literal."""
    parents: tuple[str, ...] = ()
    """The host and each of its parent domains, longest first: ``a.b.jp``, ``b.jp``, ``jp``."""
    flaws: tuple[str, ...] = ()
    """Why the host could not be read (``not a host name``, ``punycode``, ``too long`` …); empty for almost all."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the Unicode form, left to right; an address is one label."""
        return (self.unicode,) if self.is_address else tuple(self.unicode.split("."))


def parse_link(text: str) -> Link:
    """Read a URL or a bare host as a browser's address bar would.

    Raises LinkError where there is no host to open: empty text, ``mailto:``, ``http://``.
    """
    if _PLAIN_HOST.fullmatch(text) and not (link := _named_link(text)).flaws:
        return link
    plain = _PLAIN_URL.match(text)
    scheme = (plain and plain["scheme"]) or "https"
    if plain and (port := int(plain["port"] or DEFAULT_PORTS[scheme])) < 65536:
        link = host_link(plain["host"], port, scheme)
        if not link.flaws:
            return link
    text = text.strip()
    if not text:
        raise LinkError("empty: give a URL such as https://example.org/ or a host name")
    if "://" not in text.replace("\\", "/") and not re.match(r"[a-z][a-z0-9+-]*:(?!\d)", text, re.IGNORECASE):
        text = f"https://{text}"
    try:
        url = ada_url.URL(text.encode("utf-8", "replace").decode())
    except ValueError:
        raise LinkError(f"no browser could open {_shown(text)!r}: check its host name") from None
    scheme = url.protocol.rstrip(":")
    if scheme not in DEFAULT_PORTS:
        raise LinkError(f"{scheme}: is not a web address; give one that begins with http:// or https://")
    if not url.hostname:
        raise LinkError(f"{_shown(text)!r} has no host name")
    return host_link(url.hostname, int(url.port or DEFAULT_PORTS[scheme]), scheme)


def find_link(text: str) -> Link | None:
    """The link of an address that a header gives (Referer); None where it gives no web address."""
    try:
        return parse_link(text) if text.startswith(("http://", "https://")) else None
    except LinkError:
        return None


def forget_hosts() -> None:
    """Empty the caches of hosts that were read; gives back some MiB after the rules, whose hosts nobody opens."""
    _read_host.cache_clear()
    _ask_once.cache_clear()


def host_link(host: str, port: int = 443, scheme: str = "https") -> Link:
    """The Link of a host that a request named (CONNECT, Host, SNI). Never raises: see ``Link.flaws``."""
    link = _read_host(host)
    return link if port == 443 and scheme == "https" else replace(link, port=port, scheme=scheme)


@lru_cache(maxsize=8192)
def _read_host(raw: str) -> Link:
    host = raw.lower().removesuffix(".")
    if not _PLAIN_HOST.fullmatch(host):
        if address := _address(host):
            return _address_link(address)
        host, flaws = _browser_spelling(host)
        if flaws:
            return _unreadable_link(host, flaws)
        if address := _address(host):
            return _address_link(address)
    return _named_link(host)


def _named_link(host: str) -> Link:
    """The Link of a name as a browser spells it."""
    if len(host) > _MAX_HOST:
        return _unreadable_link(host, ("too long",))
    shown, flaws = _unicode_form(host)
    parents = _parents(host)
    suffix, private = _public_suffix(parents)
    # The registrable domain has one label more than the suffix.
    place = len(parents) - suffix.count(".") - 2
    domain = parents[place] if suffix and place >= 0 else host
    return Link(host, domain, suffix, private, shown, "https", 443, False, parents, flaws)


def is_loopback(host: str) -> bool:
    """The host is this computer: ``localhost``, a name below it (RFC 6761 §6.3), or a loopback address.

    An IPv6 address may stand in brackets and have a zone; an IPv4 address may stand in IPv6, mapped or behind
    NAT64 (RFC 6052). Other spellings of IPv4 (``127.1``) are none here: `host_link` makes them canonical.
    """
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return "" not in name.split(".")
    try:
        address = ipaddress.ip_address(name.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        elif address.ipv4_mapped:
            address = address.ipv4_mapped
    return address.is_loopback


def plain_domain(name: str) -> str:
    """The `Link.domain` of a canonical host, in a fraction of the time of `host_link`.

    Empty where that takes more than a look at the ends of the public suffix list's rules: the host is such an
    end itself (perhaps a public suffix), stands below a wildcard rule, or has a label in punycode. Where it is
    not empty the host is no public suffix.
    """
    if "xn--" in name:
        return ""
    ends = ends_of_rules()
    known, place = "", len(name)
    while (parent := name[(cut := name.rfind(".", 0, place)) + 1 :]) in ends:
        if cut < 0:
            return ""
        known, place = parent, cut
    if not known:
        return name
    if ends[known]:
        return ""
    suffix = _ask_once(known)[0]
    if suffix == known:
        return parent
    labels = suffix.count(".") + 2
    return ".".join(name.rsplit(".", labels)[-labels:]) if suffix else name


def _public_suffix(parents: tuple[str, ...]) -> tuple[str, bool]:
    """(suffix, private) of the host whose parents these are.

    What tldextract answers depends on the labels that stand in a rule, from the right, and there are few
    such ends: it is asked once for each.
    """
    ends = ends_of_rules()
    known = ""
    for parent in reversed(parents):
        if parent not in ends:
            break
        known = parent
    if not known or ends[known] or "xn--" in parents[0]:
        return _ask(parents[0])
    return _ask_once(known)


def _ask(name: str) -> tuple[str, bool]:
    parts = _SUFFIXES.extract_str(name)
    return parts.suffix, parts.is_private


_ask_once = lru_cache(maxsize=8192)(_ask)


@cache
def ends_of_rules() -> dict[str, bool]:
    """Every end of a rule of the public suffix list that begins at a label, and whether any label may stand
    before it: ``co.jp`` and ``jp``, and ``kawasaki.jp``, for which any may.
    """
    ends: dict[str, bool] = {}
    for rule in _SUFFIXES.tlds:
        name = rule.removeprefix("!").removeprefix("*.")
        end = name
        while end and end not in ends:
            ends[end] = False
            end = end.partition(".")[2]
        if name != rule:
            ends[name if rule[0] == "*" else name.partition(".")[2]] = True
    return ends


def _address_link(address: str) -> Link:
    return Link(address, address, "", False, address, is_address=True, parents=(address,))


def _unreadable_link(host: str, flaws: tuple[str, ...]) -> Link:
    return Link(host, host, "", False, host, flaws=flaws, parents=(host,))


def _parents(host: str) -> tuple[str, ...]:
    parents = [host]
    while (dot := host.find(".")) >= 0:
        host = host[dot + 1 :]
        parents.append(host)
    return tuple(parents)


def _browser_spelling(host: str) -> tuple[str, tuple[str, ...]]:
    """The host as a browser would send it, or the flaw that stops every browser."""
    if not host:
        return "", ("no host",)
    if _NOT_IN_A_HOST.search(host):
        return _shown(host), ("not a host name",)
    try:
        spelled = ada_url.URL(f"http://{host}/").hostname
    except (ValueError, UnicodeError):
        return _shown(host), ("not a host name",)
    spelled = spelled.removesuffix(".")
    if not spelled or any(not label for label in spelled.split(".")):
        return _shown(host), ("empty label",)
    if any(len(label) > _MAX_LABEL for label in spelled.split(".")):
        return spelled, ("too long",)
    return spelled, ()


def _address(host: str) -> str:
    """The canonical form of an IP literal, or an empty string; IPv4 in IPv6's clothes is IPv4."""
    try:
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]").partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def _unicode_form(host: str) -> tuple[str, tuple[str, ...]]:
    if "xn--" not in host:
        return host, ()
    labels: list[str] = []
    flaws: tuple[str, ...] = ()
    for label in host.split("."):
        if label.startswith("xn--"):
            try:
                # Python's codec, not `idna`: that one raises on emoji, underscores and unassigned letters,
                # which are just what a hostile name would hold.
                decoded = label[4:].encode("ascii").decode("punycode")
                if not decoded or "." in decoded or any(0xD800 <= ord(c) < 0xE000 for c in decoded):
                    raise UnicodeError
                label = decoded
            except (UnicodeError, ValueError, OverflowError):
                flaws = ("punycode",)
        labels.append(label)
    return ".".join(labels), flaws


def _shown(text: str) -> str:
    """At most 80 printable characters of what somebody sent."""
    cut = text if len(text) <= 80 else text[:79] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()
