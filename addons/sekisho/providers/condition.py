"""Condition: how each source from outside is, in one value each, for `sekisho status` and for the desk.

A source notes in the store how its last question ended; a feed keeps that beside its list. Here both are
put together with what the family has set up: a source without a key, or one that is switched off, is
`off` whatever was noted before, and one that was never asked says so. Reads the key and the feeds' files,
asks nobody, and never raises.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sekisho.providers.feeds.choice import chosen_feeds, read_feeds
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FOLDER, read_state
from sekisho.rulebook import RuleError
from sekisho.settings import Settings, find_key
from sekisho.store.source_records import SourceState

OFF, OK, UNASKED, FAILED, UNREADABLE = "off", "ok", "not asked yet", "failed", "unreadable"
"""States that are found here; all others are the words of the source: ``wrong key``, ``rate-limited``."""

QUIET = frozenset({OFF, OK, UNASKED})
"""States in which there is nothing to do."""

_REGISTRIES = {
    "rdap": "Registries (RDAP)",
    "rdap-servers": "IANA's list of registries",
    "jprs": "JPRS (names under .jp)",
}
_AGELESS = "names are judged without their age meanwhile"
_REMEDIES = {
    "unreachable": f"{_AGELESS}; nothing to do unless this computer's internet connection is bad",
    "refused": f"{_AGELESS}; it is asked again by itself",
    "rate-limited": f"{_AGELESS}; it is asked again by itself when it may be",
    "unreadable": f"{_AGELESS}; look for a newer sekisho if this stays",
}


class Kind(StrEnum):
    """What kind of source it is."""

    VIRUSTOTAL = "virustotal"
    REGISTRATION = "registration"
    """Who tells the age of names."""
    FEED = "feed"
    """A downloaded list of phishing, or all of them where they are switched off."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How one source is. Times are seconds since 1970 UTC, None where there is none."""

    kind: Kind
    source: str
    """Its name in the store and in files: ``virustotal``, ``jprs``, ``openphish``."""
    name: str
    """Its name for people."""
    state: str
    told: str
    """English: what is the matter and what to do."""
    since: float | None = None
    """When it came into this state, where that is known."""
    last_good_at: float | None = None
    entries: int | None = None
    """Of a list: how many are in use."""
    next_try: float | None = None
    """Of a list: when it is fetched again."""

    @property
    def is_quiet(self) -> bool:
        """There is nothing to do."""
        return self.state in QUIET


def read_conditions(settings: Settings, noted: Iterable[SourceState]) -> tuple[Condition, ...]:
    """Every source: VirusTotal, the registries, the lists. `noted` is `Sources.states`, or nothing."""
    known = {state.source: state for state in noted}
    return (
        _virustotal(settings, known.get("virustotal")),
        *_registries(settings, known),
        *_feeds(settings),
    )


def _virustotal(settings: Settings, noted: SourceState | None) -> Condition:
    kind, name = Kind.VIRUSTOTAL, "VirusTotal"
    last_good = noted.last_good_at if noted else None
    if not find_key(settings).get_secret_value():
        told = "it is not asked, since there is no key; `sekisho virustotal key` takes one"
        since = noted.since if noted and noted.state == OFF else None
        return Condition(kind, kind.value, name, OFF, told, since, last_good)
    if noted is None or noted.state == OFF:
        told = "there is a key; it is asked about the next unfamiliar site that somebody opens"
        return Condition(kind, kind.value, name, UNASKED, told, None, last_good)
    told = "it answers" if noted.state == OK else noted.told
    return Condition(kind, kind.value, name, noted.state, told, noted.since, last_good)


def _registries(settings: Settings, known: dict[str, SourceState]) -> Iterator[Condition]:
    kind = Kind.REGISTRATION
    if not settings.registration.on:
        told = (
            "nobody is asked how old a name is; on = true below [registration] in sekisho.toml changes that"
        )
        yield Condition(kind, kind.value, "Age of names", OFF, told)
        return
    for source, name in _REGISTRIES.items():
        noted = known.get(source)
        if noted is None:
            told = "it is asked when somebody opens an unfamiliar site that it may know"
            yield Condition(kind, source, name, UNASKED, told)
            continue
        told = noted.told if noted.state == OK else f"{noted.told}; {_REMEDIES.get(noted.state, _AGELESS)}"
        yield Condition(kind, source, name, noted.state, told, noted.since, noted.last_good_at)


def _feeds(settings: Settings) -> Iterator[Condition]:
    kind, everything = Kind.FEED, "Lists of phishing"
    if not settings.feeds.enabled:
        told = "none is downloaded or asked; enabled = true below [feeds] in sekisho.toml changes that"
        yield Condition(kind, "feeds", everything, OFF, told)
        return
    try:
        specs = read_feeds(settings.rules, settings.state)
        chosen = chosen_feeds(specs, settings.feeds.on, settings.feeds.off)
    except (RuleError, ValueError) as error:
        told = f"{'; '.join(error.problems) if isinstance(error, RuleError) else error}"
        yield Condition(kind, "feeds", everything, UNREADABLE, told)
        return
    for spec in chosen:
        yield _feed(settings, spec)
    for spec in specs.values():
        if spec not in chosen:
            told = f'switched off; on = ["{spec.slug}"] below [feeds] in sekisho.toml uses it'
            yield Condition(kind, spec.slug, spec.name, OFF, told)


def _feed(settings: Settings, spec: FeedSpec) -> Condition:
    found = read_state(settings.state / FOLDER, spec.slug)
    if found.error:
        kept = (
            "the last good one stays in use" if found.parts else "there is none yet, so it warns of nothing"
        )
        state = FAILED
        told = f"the list could not be fetched: {found.error}; {kept}, and it is tried again by itself"
    elif not found.tried and not found.parts:
        state = UNASKED
        told = "not fetched yet; a running proxy does so by itself, `sekisho update` at once"
    else:
        state, told = OK, f"{found.count:,} entries"
    return Condition(
        Kind.FEED,
        spec.slug,
        spec.name,
        state,
        told,
        last_good_at=found.good or None,
        entries=found.count,
        next_try=found.next_try or None,
    )
