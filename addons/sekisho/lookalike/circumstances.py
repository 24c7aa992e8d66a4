"""Circumstances: what a name shares with phishing though it imitates nobody. Weaker: never more than caution.

Each function answers with a sign or nothing. A sign is *supported* where another one stands beside it. A further
circumstance is a function here with its measure, its member and sentence in `sekisho.reasons` with their translation,
and its table in rules/tricks.toml.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sekisho.link import DEFAULT_PORTS, Link
from sekisho.lookalike.letterscore import surprise
from sekisho.lookalike.script_mix import script_of
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Circumstance

RANDOM_BITS = 5.3
"""Mean surprise of a label's letters from which it looks made by a machine (measured on familiar names)."""
PLAIN_BITS = 4.6
"""Below this a label reads like a word, or like two: a person chose it."""
ODD_BITS = 4.6
"""The same where names are registered by the thousand, with ODD_LETTERS and no digit: made to be sayable at best."""
ODD_LETTERS = 5
RANDOM_ABOVE_BITS = 5.0
"""The same for a name of RANDOM_ABOVE_LETTERS that somebody put left of a registrable name of their own."""
RANDOM_ABOVE_LETTERS = 8
MANY_LABELS = 6
"""Names between the dots of a host, from which they are a sign."""
MANY_DIGITS = 5
"""Digits of a label, from which they are a sign."""
_USUAL_PORTS = frozenset({*DEFAULT_PORTS.values(), 8080, 8443})


@dataclass(frozen=True, slots=True)
class Measure:
    """What a circumstance goes by, found or not."""

    text: str
    """``3.1 bits a letter``, ``.top``: as short as a column of a table."""
    value: float | None = None
    """The number itself, where it is one."""
    bound: float | None = None
    """From which number on it is a sign."""


class Sign(NamedTuple):
    """One circumstance."""

    key: Circumstance
    """Its table in rules/tricks.toml."""
    about: str
    """What it is about: address, suffix, label."""
    detail: str
    """One English sentence."""


def ip_address(link: Link, rulebook: Rulebook) -> Sign | None:
    """Shops and banks have names."""
    if not link.is_address:
        return None
    return Sign(Circumstance.IP_ADDRESS, "address", f"{link.host} is an address, not a name.")


def odd_port(link: Link, rulebook: Rulebook) -> Sign | None:
    """Whoever may not use the usual port is seldom the owner of the machine."""
    return (
        None
        if link.port in _USUAL_PORTS
        else Sign(Circumstance.ODD_PORT, "port", f"The site uses the unusual port {link.port}.")
    )


def cheap_suffix(link: Link, rulebook: Rulebook) -> Sign | None:
    """A suffix of rules/suffixes.toml."""
    suffix = link.suffix
    if reason := rulebook.cheap_suffixes.get(suffix):
        label = link.domain.partition(".")[0]
        chosen = label.isalpha() and label.isascii() and surprise(label) < PLAIN_BITS
        plain = chosen and not link.private_suffix
        key = Circumstance.CHEAP_PLAIN if plain else Circumstance.CHEAP_SUFFIX
        return Sign(key, "suffix", f"The suffix .{suffix} is cheap: {reason}.")
    if reason := rulebook.watched_suffixes.get(suffix):
        return Sign(Circumstance.WATCHED_SUFFIX, "suffix", f"The suffix .{suffix} is watched: {reason}.")
    return None


def scripts_in(name: str) -> frozenset[str]:
    """Scripts of a host in Unicode, by their names in lower case; digits and marks have none."""
    return frozenset(script.lower() for char in name if (script := script_of(char)))


def foreign_script(link: Link, readable: frozenset[str]) -> Sign | None:
    """Who cannot read a name cannot tell whose it is. Dearer to find: asked of names that are not ASCII."""
    foreign = scripts_in(link.unicode) - readable
    if not foreign:
        return None
    names = " and ".join(script.title() for script in sorted(foreign))
    return Sign(
        Circumstance.FOREIGN_SCRIPT,
        "script",
        f"{link.unicode!r} holds letters of a script not read here: {names}.",
    )


def other_letters(label: str) -> Sign | None:
    """Even in Japan nearly every site of a shop or a bank has a Latin name."""
    if label.isascii() or not scripts_in(label) - {"latin"}:
        return None
    return Sign(
        Circumstance.OTHER_LETTERS,
        "script",
        f"{label!r} is written in other letters than most addresses are.",
    )


def random_label(label: str) -> Sign | None:
    """Letters that nobody could say. Those of other scripts were never counted: see `other_letters`."""
    if len(label) >= 4 and label.isascii() and surprise(label) >= RANDOM_BITS:
        return Sign(Circumstance.RANDOM_LABEL, "label", f"{label!r} looks made by a machine.")
    return None


def odd_label(link: Link, rulebook: Rulebook) -> Sign | None:
    """A name that only just can be said, under a suffix that is sold in bulk."""
    if link.suffix not in rulebook.bulk_suffixes:
        return None
    label = link.domain.partition(".")[0]
    if len(label) < ODD_LETTERS or not label.isalpha() or surprise(label) < ODD_BITS:
        return None
    return Sign(
        Circumstance.ODD_LABEL,
        "label",
        f"{label!r} looks made by a machine, and .{link.suffix} is sold in bulk.",
    )


def random_above(link: Link, rulebook: Rulebook) -> Sign | None:
    """Letters that nobody could say, left of the registrable name: a host made for one mail."""
    above = link.host[: -len(link.domain) - 1]
    if len(above) < RANDOM_ABOVE_LETTERS or link.is_address or rulebook.platform_of(link) is not None:
        return None
    for label in above.split("."):
        if len(label) >= RANDOM_ABOVE_LETTERS and "--" not in label and surprise(label) >= RANDOM_ABOVE_BITS:
            return Sign(Circumstance.RANDOM_ABOVE, "label", f"{label!r} looks made by a machine.")
    return None


def many_labels(link: Link, rulebook: Rulebook) -> Sign | None:
    """A real address is pushed out of sight by many names before it."""
    count = link.host.count(".") + 1
    return (
        Sign(Circumstance.MANY_LABELS, "length", f"The host has {count} names between its dots.")
        if count >= MANY_LABELS
        else None
    )


def digits(label: str) -> Sign | None:
    """A number in the name that no person would remember."""
    count = sum(map(str.isdigit, label))
    if count < MANY_DIGITS:
        return None
    return Sign(Circumstance.DIGITS, "suffix", f"{label!r} holds {count} digits.")


def is_machine_made(label: str) -> bool:
    """Letters that nobody could say, four or more, or a number of four digits and more."""
    if len(label) >= 4 and label.isascii() and surprise(label) >= RANDOM_BITS:
        return True
    return len(label) >= 4 and sum(map(str.isdigit, label)) >= 4


CIRCUMSTANCES: tuple[Callable[[Link, Rulebook], Sign | None], ...] = (
    ip_address,
    cheap_suffix,
    odd_label,
    random_above,
    odd_port,
    many_labels,
)
"""Signs of the address, in the order in which they are listed."""

LABEL_CIRCUMSTANCES: tuple[Callable[[str], Sign | None], ...] = (other_letters, random_label, digits)
"""Signs of the registrable label, or of the user's on a platform. Dearer to find: asked where another one stands."""


def _letters(label: str, bound: float, where: str = "") -> Measure:
    if not label.isascii():
        return Measure("letters beyond a to z are not counted", None, bound)
    bits = surprise(label)
    return Measure(f"{bits:.2f} bits a letter; a sign from {bound}{where}", round(bits, 2), bound)


def _letters_above(link: Link) -> Measure:
    above = link.host[: -len(link.domain) - 1].split(".")
    if not above[0]:
        return Measure("nothing stands left of the registrable name", None, RANDOM_ABOVE_BITS)
    return _letters(max(above, key=surprise), RANDOM_ABOVE_BITS)


def _labels(link: Link) -> Measure:
    count = link.host.count(".") + 1
    return Measure(f"{count} names; a sign from {MANY_LABELS}", count, MANY_LABELS)


def _digits(label: str) -> Measure:
    count = sum(map(str.isdigit, label))
    return Measure(f"{count} digits; a sign from {MANY_DIGITS}", count, MANY_DIGITS)


def script_names(name: str) -> str:
    """The scripts of a name in words, for people who ask why."""
    return ", ".join(sorted(scripts_in(name))) or "no letters"


MEASURES: Mapping[str, Callable[[Link, str], Measure]] = {
    "ip_address": lambda link, _: Measure("an address" if link.is_address else "a name"),
    "cheap_suffix": lambda link, _: Measure(f".{link.suffix}" if link.suffix else "no suffix"),
    "odd_port": lambda link, _: Measure(f"port {link.port}", link.port),
    "many_labels": lambda link, _: _labels(link),
    "foreign_script": lambda link, _: Measure(script_names(link.unicode)),
    "other_letters": lambda _, label: Measure(script_names(label)),
    "odd_label": lambda _, label: _letters(label, ODD_BITS, " under a suffix sold in bulk"),
    "random_above": lambda link, _: _letters_above(link),
    "random_label": lambda _, label: _letters(label, RANDOM_BITS),
    "digits": lambda _, label: _digits(label),
}
"""Function → what it goes by, from the link and the label, found or not: for people who ask why."""
