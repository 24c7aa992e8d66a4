"""Trial: every trick and every circumstance tried on one host, found or not, with what was measured.

For people who ask why, never for a click: `find_lookalikes` leaves out what cannot count and stops where
nothing is left to find; here everything is tried, by the same functions and worth the same, so that what a
Trial is worth is what `find_lookalikes` answers. Takes ten times as long.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sekisho.link import Link
from sekisho.lookalike.circumstances import (
    CIRCUMSTANCES,
    LABEL_CIRCUMSTANCES,
    MANY_DIGITS,
    MANY_LABELS,
    ODD_BITS,
    RANDOM_ABOVE_BITS,
    RANDOM_BITS,
    Sign,
    foreign_script,
    scripts_in,
)
from sekisho.lookalike.explain import evidence_of
from sekisho.lookalike.index import LookalikeIndex
from sekisho.lookalike.judge import circumstances, is_quiet, support_of, worth
from sekisho.lookalike.letterscore import surprise
from sekisho.lookalike.reading import Finding, Reading, read_host
from sekisho.lookalike.tricks import TRICKS
from sekisho.rulebook.model import TrickStrength
from sekisho.verdict import Evidence, Level


@dataclass(frozen=True, slots=True)
class Measure:
    """What a circumstance goes by, found or not."""

    text: str
    """``3.1 bits a letter``, ``.top``: as short as a column of a table."""
    value: float | None = None
    """The number itself, where it is one."""
    bound: float | None = None
    """From which number on it is a sign."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trick or circumstance, tried on one host."""

    name: str
    """Of the function that tried it, with dashes: ``disguised``, ``odd-port``."""
    is_trick: bool
    key: str = ""
    """Its table in rules/tricks.toml; empty where nothing was found."""
    strength: TrickStrength | None = None
    """What that table says; None where nothing was found, or the table is missing (then it is worth nothing)."""
    beside: str = ""
    """Of a trick that was found, what stands beside it and supports it: ``none``, ``some``, ``strong``."""
    level: Level = Level.PASS
    """What it is worth on this host."""
    evidence: Evidence | None = None
    """Of a trick that was found: the brand, the letters, the sentence."""
    detail: str = ""
    """One English sentence where something was found."""
    measure: Measure | None = None

    @property
    def found(self) -> bool:
        """Something was found, whatever it is worth."""
        return bool(self.key)


def quiet_because(link: Link, index: LookalikeIndex) -> str:
    """Why nothing is tried on this host, in a few words; empty where everything is."""
    _, owner = index.rulebook.standing_of(link)
    if owner is not None:
        return f"{link.domain} belongs to {owner.name}"
    return f"only its rightful owner is given a name under .{link.suffix}" if is_quiet(link.suffix) else ""


def try_all(link: Link, index: LookalikeIndex, at: float = 0.0) -> tuple[Trial, ...]:
    """Every trick in the order of `TRICKS`, then every circumstance; none where `quiet_because` says why.

    An address has no name, so no trick is tried on it. Never raises. at: the time that the evidence is to carry.
    """
    if quiet_because(link, index):
        return ()
    tried: list[Trial] = []
    label = ""
    if not link.is_address:
        reading = read_host(link, index.rulebook.platform_of(link), index)
        tried = [_try_trick(trick, reading, index, at) for trick in TRICKS]
        label = reading.head.rpartition(".")[2]
    signs: list[tuple[str, Sign | None]] = [
        *((sign_of.__name__, sign_of(link, index.rulebook)) for sign_of in CIRCUMSTANCES),
        (foreign_script.__name__, foreign_script(link, index.readable)),
        *((sign_of.__name__, sign_of(label)) for sign_of in LABEL_CIRCUMSTANCES),
    ]
    levels = {item.circumstance: item.level for item in circumstances(link, label, index, at)}
    for name, sign in signs:
        measure = MEASURES[name](link, label) if name in MEASURES else None
        trial = Trial(_dashed(name), is_trick=False, measure=measure)
        if sign:
            trial = replace(
                trial,
                key=sign.key.value,
                strength=index.rulebook.tricks.get(sign.key),
                level=levels.get(sign.key, Level.PASS),
                detail=sign.detail,
            )
        tried.append(trial)
    return tuple(tried)


def _try_trick(
    trick: Callable[[Reading, LookalikeIndex], Finding | None],
    reading: Reading,
    index: LookalikeIndex,
    at: float,
) -> Trial:
    name = trick.__name__
    measure = MEASURES[name](reading.link, reading.head) if name in MEASURES else None
    finding = trick(reading, index)
    if finding is None:
        return Trial(_dashed(name), is_trick=True, measure=measure)
    level = worth(reading, finding, index)
    evidence = evidence_of(reading, finding, level, index, at)
    return Trial(
        _dashed(name),
        is_trick=True,
        key=finding.key,
        strength=index.rulebook.tricks.get(finding.key),
        beside=support_of(reading, finding, index)[0].name.lower(),
        level=level,
        evidence=evidence,
        detail=evidence.detail,
        measure=measure,
    )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


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


def _scripts(name: str) -> str:
    return ", ".join(sorted(scripts_in(name))) or "no letters"


MEASURES: Mapping[str, Callable[[Link, str], Measure]] = {
    "mixed_script": lambda _, head: Measure("; ".join(map(_scripts, head.split(".")))),
    "ip_address": lambda link, _: Measure("an address" if link.is_address else "a name"),
    "cheap_suffix": lambda link, _: Measure(f".{link.suffix}" if link.suffix else "no suffix"),
    "odd_port": lambda link, _: Measure(f"port {link.port}", link.port),
    "many_labels": lambda link, _: _labels(link),
    "foreign_script": lambda link, _: Measure(_scripts(link.unicode)),
    "other_letters": lambda _, label: Measure(_scripts(label)),
    "odd_label": lambda _, label: _letters(label, ODD_BITS, " under a suffix sold in bulk"),
    "random_above": lambda link, _: _letters_above(link),
    "random_label": lambda _, label: _letters(label, RANDOM_BITS),
    "digits": lambda _, label: _digits(label),
}
"""Function → what it goes by, from the link and the label; of a trick, from the link and the judged part."""
