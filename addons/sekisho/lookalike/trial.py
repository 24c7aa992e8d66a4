"""Trial: every trick and every circumstance tried on one host, found or not, with what was measured.

For people who ask why, never for a click: `find_lookalikes` leaves out what cannot count and stops where
nothing is left to find; here everything is tried, by the same functions and worth the same, so that what a
Trial is worth is what `find_lookalikes` answers. Takes ten times as long.
"""

from dataclasses import dataclass, replace

from sekisho.link import Link
from sekisho.lookalike.circumstances import (
    CIRCUMSTANCES,
    LABEL_CIRCUMSTANCES,
    MEASURES,
    Measure,
    Sign,
    foreign_script,
)
from sekisho.lookalike.explain import evidence_of
from sekisho.lookalike.index import LookalikeIndex
from sekisho.lookalike.judge import circumstances, is_quiet, support_of, worth
from sekisho.lookalike.reading import Reading, read_host
from sekisho.lookalike.tricks import TRICKS, TrickSpec
from sekisho.rulebook.model import TrickStrength
from sekisho.verdict import Evidence, Level


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
        trial = Trial(name.replace("_", "-"), is_trick=False, measure=MEASURES[name](link, label))
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
    trick: TrickSpec,
    reading: Reading,
    index: LookalikeIndex,
    at: float,
) -> Trial:
    measure = trick.measure(reading.link, reading.head) if trick.measure else None
    finding = trick.find(reading, index)
    if finding is None:
        return Trial(trick.name, is_trick=True, measure=measure)
    level = worth(reading, finding, index)
    evidence = evidence_of(reading, finding, level, index, at)
    return Trial(
        trick.name,
        is_trick=True,
        key=finding.key,
        strength=index.rulebook.tricks.get(finding.key),
        beside=support_of(reading, finding, index)[0].name.lower(),
        level=level,
        evidence=evidence,
        detail=evidence.detail,
        measure=measure,
    )
