"""DomainReport: the report of VirusTotal on a domain, and the level that follows from it.

Read from the attributes of a domain object (https://docs.virustotal.com/reference/domains-object). All
of them may be missing, and none is trusted to have its documented shape: a field of another shape
counts as missing, names of engines are cut and cleaned before anybody sees them. Pure.

Two engines that agree give a warning: single ones are wrong every day. One alone gives `caution`, which
other findings may raise. No hit proves nothing: new phishing is clean for hours.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sekisho.records.visits import utc_minute
from sekisho.verdict import Evidence, Level, Reason

SOURCE = "virustotal"
"""As the store and `Evidence.source` name it."""
ENOUGH = 2
"""Engines whose agreement is a warning."""
NAMED = 5
"""Engines that are named in a sentence; the rest is counted."""
_MOST = 200
"""Entries kept of any dictionary; VirusTotal has about a hundred engines."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class DomainReport:
    """One domain report. Times are seconds since 1970, UTC."""

    domain: str
    malicious: int = 0
    """Engines that hold it to be malicious, as VirusTotal counts them."""
    suspicious: int = 0
    harmless: int = 0
    undetected: int = 0
    engines: tuple[str, ...] = ()
    """Names of the engines whose result is malicious, sorted."""
    creation_date: float | None = None
    """When the domain was registered, from whois."""
    categories: tuple[str, ...] = ()
    """What categorising services call the site: ``phishing``, ``online banking``."""
    ranks: tuple[tuple[str, int], ...] = ()
    """(ranking, place) of popularity rankings, the best place first."""
    last_analysis_date: float | None = None
    """When the engines last checked it."""
    reputation: int | None = None
    """Votes of VirusTotal's community; below zero is bad."""

    @property
    def count(self) -> int:
        """Engines against it: the names, or the count where that is higher."""
        return max(self.malicious, len(self.engines))


def read_report(domain: str, attributes: object) -> DomainReport:
    """The report in the attributes of a domain object. Raises ValueError where they are no dictionary."""
    if not isinstance(attributes, Mapping):
        raise ValueError("the attributes are no dictionary")
    counts = _mapping(attributes.get("last_analysis_stats"))
    results = _mapping(attributes.get("last_analysis_results"))
    engines = {
        _clean(name) for name, result in results.items() if _mapping(result).get("category") == "malicious"
    }
    ranks = {
        _clean(name): place
        for name, rank in _mapping(attributes.get("popularity_ranks")).items()
        if (place := _count(_mapping(rank).get("rank")))
    }
    categories = {_clean(name) for name in _mapping(attributes.get("categories")).values()}
    return DomainReport(
        domain=domain,
        malicious=_count(counts.get("malicious")),
        suspicious=_count(counts.get("suspicious")),
        harmless=_count(counts.get("harmless")),
        undetected=_count(counts.get("undetected")),
        engines=tuple(sorted(engines - {""}, key=str.lower)),
        creation_date=_time(attributes.get("creation_date")),
        categories=tuple(sorted(categories - {""}, key=str.lower)),
        ranks=tuple(sorted(ranks.items(), key=lambda item: (item[1], item[0]))),
        last_analysis_date=_time(attributes.get("last_analysis_date")),
        reputation=_integer(attributes.get("reputation")),
    )


def find_evidence(report: DomainReport, at: float) -> tuple[Evidence, ...]:
    """What the report proves: a warning from two engines, `caution` from one, nothing from none.

    `at`: when VirusTotal gave the report.
    """
    count = report.count
    if not count:
        return ()
    level = Level.WARN if count >= ENOUGH else Level.CAUTION
    engines = "1 engine of VirusTotal holds" if count == 1 else f"{count} engines of VirusTotal hold"
    looked = f", which looked {utc_minute(report.last_analysis_date)}" if report.last_analysis_date else ""
    named = f" ({_named(report)})" if report.engines else ""
    detail = f"{engines} {report.domain} to be malicious{named}{looked}; asked {utc_minute(at)}"
    looked_at = report.last_analysis_date
    return (Evidence(Reason.VIRUSTOTAL, level, SOURCE, detail, at=at, count=count, since=looked_at),)


def report_to_dict(report: DomainReport) -> dict[str, Any]:
    """Plain JSON values, for the store."""
    return asdict(report)


def report_from_dict(domain: str, fields: object) -> DomainReport | None:
    """The inverse of `report_to_dict`; None where another version kept another shape."""
    if not isinstance(fields, Mapping) or fields.get("domain") != domain:
        return None
    try:
        return DomainReport(
            **{
                **fields,
                "engines": tuple(fields["engines"]),
                "categories": tuple(fields["categories"]),
                "ranks": tuple((name, place) for name, place in fields["ranks"]),
            }
        )
    except (KeyError, TypeError, ValueError):
        return None


def _named(report: DomainReport) -> str:
    names = list(report.engines[:NAMED])
    more = report.count - len(names)
    if more > 0:
        names.append(f"{more} more")
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _mapping(value: object) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        return {}
    return value if len(value) <= _MOST else dict(list(value.items())[:_MOST])


def _clean(name: object) -> str:
    """At most 60 printable characters of a name that somebody else chose; empty for what is no text."""
    if not isinstance(name, str):
        return ""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:_LONGEST]


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else None


def _count(value: object) -> int:
    return max(0, _integer(value) or 0)


def _time(value: object) -> float | None:
    """A time after 1970; whois has zeros and nonsense where nothing is known."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < 2**36 else None  # compared as it is: a long int is no float
