"""Why: everything that was asked and tried on a link, for ``sekisho check --why``.

First the checks in their order, up to the one that decided; then every trick and every circumstance of the
lookalike check, found or not, with what was measured and what it is worth by rules/tricks.toml. Where an earlier
check decided, the tricks are tried all the same: that is what would have been found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sekisho.cli.show import LEVEL_STYLES
from sekisho.link import Link
from sekisho.lookalike.trial import Trial, quiet_because, try_all
from sekisho.policy.checks import CHECKS, Policy, Question
from sekisho.rulebook.model import Rulebook, TrickStrength
from sekisho.verdict import Evidence, Level, Verdict
from sekisho.visible import visible, visible_words

INDENT = 2
"""Columns left of the table."""
WIDE = 100
"""Columns of a terminal from which the strengths stand in a column of their own."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One check of `CHECKS`."""

    name: str
    """Of its function, with dashes."""
    asked: bool
    """False where an earlier one decided."""
    verdict: Verdict | None = None
    """Its verdict, or nothing."""


@dataclass(frozen=True, slots=True)
class Why:
    """Everything about one link."""

    link: Link
    heard: tuple[Heard, ...]
    trials: tuple[Trial, ...]
    untried: str
    """Why no trick was tried, in a few words; empty where all were."""

    @property
    def decided(self) -> str:
        """The name of the check after which no other was asked; empty where all were."""
        asked = [one for one in self.heard if one.asked]
        return asked[-1].name if len(asked) < len(self.heard) else ""


def explain(
    policy: Policy,
    link: Link,
    now: float,
    path: str | None = None,
    outside: tuple[Evidence, ...] = (),
) -> Why:
    """Ask and try everything, as for a click of nobody in particular. Never raises.

    path, outside: as `Question` has them.
    """
    question = Question(link, "", True, now, path, outside)
    heard: list[Heard] = []
    decided = cautious = False
    for check in CHECKS:
        verdict = None if decided else check(policy, question)
        heard.append(Heard(check.__name__.replace("_", "-"), not decided, verdict))
        if verdict is None:
            continue
        # As the policy does: who calls for caution ends nothing, and no praise outweighs it.
        decided = verdict.level > Level.CAUTION or (verdict.level is Level.PASS and not cautious)
        cautious = cautious or verdict.level is Level.CAUTION
    index = policy.index
    return Why(link, tuple(heard), try_all(link, index, now), quiet_because(link, index))


def why_objects(why: Why) -> list[dict[str, Any]]:
    """``tried`` of ``--jsonl``: one object for each check, trick and circumstance, in the order of the table.

    All have kind, name, found (null where it was not asked), level (null likewise) and detail.
    """
    objects: list[dict[str, Any]] = []
    for one in why.heard:
        level = one.verdict.level.word if one.verdict else None
        objects.append(
            {
                "kind": "check",
                "name": one.name,
                "found": one.verdict is not None if one.asked else None,
                "level": level,
                "detail": _decisive(one.verdict) if one.asked else f"not asked: {why.decided} decided",
            }
        )
    for trial in why.trials:
        fields: dict[str, Any] = {
            "kind": "trick" if trial.is_trick else "circumstance",
            "name": trial.name,
            "found": trial.found,
            "level": trial.level.word if trial.found else None,
            "detail": trial.detail,
            "key": trial.key or None,
            "alone": trial.strength.alone.word if trial.strength else None,
            "supported": trial.strength.supported.word if trial.strength else None,
        }
        if trial.is_trick:
            evidence = trial.evidence
            fields |= {
                "beside": trial.beside or None,
                "brand": evidence.brand if evidence else None,
                "letters": _stretch(why.link, evidence),
                "fakes": [
                    {"is": why.link.unicode[fake.start : fake.end], "stands_for": fake.stands_for}
                    for fake in (evidence.fakes if evidence else ())
                ],
            }
        if trial.measure:
            fields |= {
                "measured": trial.measure.text,
                "value": trial.measure.value,
                "bound": trial.measure.bound,
            }
        objects.append(fields)
    return objects


def print_why(why: Why, rulebook: Rulebook) -> None:
    """Print it to standard output, in a table as wide as the terminal."""
    console = Console(highlight=False)
    console.print(why_table(why, rulebook, console.width))


def why_table(why: Why, rulebook: Rulebook, width: int) -> Table:
    """The same for a terminal so many columns wide; wider than that no line is."""
    wide = width >= WIDE
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, min_width=20)
    table.add_column(overflow="fold", ratio=1)
    if wide:
        table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, min_width=7)
    for head, *cells in _rows(why, rulebook):
        found, strength, level = cells
        if not wide and strength:
            found = found + Text(f" ({strength.plain})", "dim")
        table.add_row(Text(" " * INDENT) + head, found, *([strength] if wide else []), level)
    return table


def _rows(why: Why, rulebook: Rulebook) -> Iterator[tuple[Text, Text, Text, Text]]:
    """(name, what was found, its strength, what it is worth here) of each line."""
    nothing = Text()
    yield Text("check", "bold"), Text("said", "bold"), nothing, Text("level", "bold")
    for one in why.heard:
        if not one.asked:
            yield _name(one.name, False), Text(f"not asked: {why.decided} decided", "dim"), nothing, nothing
        elif one.verdict:
            yield _name(one.name, True), Text(_decisive(one.verdict)), nothing, _level(one.verdict.level)
        else:
            yield _name(one.name, False), Text("nothing", "dim"), nothing, nothing
    if why.untried:
        yield Text("trick", "bold"), Text(f"none was tried: {visible_words(why.untried)}"), nothing, nothing
        return
    asked = any(one.asked for one in why.heard if one.name == "lookalike")
    would = "found" if asked else "would be found"
    last = True
    for trial in why.trials:
        if trial.is_trick is not last or trial is why.trials[0]:
            last = trial.is_trick
            kind, what = ("trick", would) if last else ("circumstance", "measured")
            yield (
                Text(kind, "bold"),
                Text(what, "bold"),
                Text("alone/supported", "bold"),
                Text("here", "bold"),
            )
        found = _found(why.link, trial, rulebook)
        level = _level(trial.level) if trial.found else nothing
        yield _name(trial.name, trial.found), found, _strength(trial.strength), level


def _found(link: Link, trial: Trial, rulebook: Rulebook) -> Text:
    if not trial.found:
        return Text(trial.measure.text if trial.measure else "nothing", "dim")
    if not trial.is_trick:
        return Text(visible_words(trial.detail))
    evidence = trial.evidence
    brand = rulebook.brands.get(evidence.brand) if evidence and evidence.brand else None
    key = trial.key if trial.key != trial.name else ""
    parts = [key, brand.name if brand else "", visible(_stretch(link, evidence))]
    if evidence and evidence.fakes:
        parts.append(
            ", ".join(
                f"{visible(link.unicode[fake.start : fake.end])} for {fake.stands_for}"
                if fake.stands_for
                else f"{visible(link.unicode[fake.start : fake.end])} too many"
                for fake in evidence.fakes
            )
        )
    if trial.measure:
        parts.append(trial.measure.text)
    parts.append(
        {"some": "with a sign beside it", "strong": "with a strong sign beside it"}.get(trial.beside, "")
    )
    return Text("; ".join(part for part in parts if part))


def _stretch(link: Link, evidence: Evidence | None) -> str:
    return link.unicode[slice(*evidence.matched)] if evidence and evidence.matched else ""


def _decisive(verdict: Verdict | None) -> str:
    if verdict is None or verdict.decisive is None:
        return ""
    return f"{visible_words(verdict.decisive.detail)} [{visible_words(verdict.decisive.source)}]"


def _name(name: str, found: bool) -> Text:
    return Text(name, "" if found else "dim")


def _level(level: Level) -> Text:
    return Text(level.word, LEVEL_STYLES[level])


def _strength(strength: TrickStrength | None) -> Text:
    if strength is None:
        return Text()
    return Text(f"{strength.alone.word}/{strength.supported.word}", "dim")
