"""Outside: what `sekisho check` knows of a link beside rules and lists — downloaded lists, and what services answered.

Nobody is asked here (that is `ask`); this holds the answers, and judges by them as the proxy does.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sekisho.cli.failure import failing
from sekisho.cli.stream import judge_text
from sekisho.link import Link
from sekisho.policy.checks import Lookup, Policy
from sekisho.policy.familiarity import name_of
from sekisho.providers.feeds import feeds_of, load_index
from sekisho.providers.feeds.provider import listed_evidence
from sekisho.rulebook import RuleError
from sekisho.settings import Settings
from sekisho.verdict import Evidence, Verdict

_BEFORE_PATH = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]*[^/\\?#]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """A policy with the downloaded lists, and what VirusTotal and the registries answered."""

    policy: Policy
    answers: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    """By the name that was asked about."""

    def with_answers(self, answers: Mapping[str, tuple[Evidence, ...]]) -> "Known":
        """The same with these answers of services."""
        return replace(self, answers=answers)

    def of(self, link: Link) -> tuple[Evidence, ...]:
        """What services know of a link."""
        found = name_of(link, self.policy.rulebook)
        return self.answers.get(found[0], ()) if found else ()

    def judge(self, text: str, now: float) -> tuple[Link, Verdict] | str:
        """The link and its verdict, or why there is none."""
        judged = judge_text(self.policy, text, now)
        if isinstance(judged, str):
            return judged
        link = judged[0]
        path, answers = path_of(text), self.of(link)
        return link, self.policy.judge(link, now=now, path=path, outside=answers)


def path_of(text: str) -> str:
    """Path and query of a link as they would be requested; ``/`` where it has none."""
    rest = text[found.end() :] if (found := _BEFORE_PATH.match(text)) else ""
    path, mark, query = rest.strip().partition("#")[0].partition("?")
    return f"{path.replace('\\', '/') or '/'}{mark}{query}"


def downloaded_lists(settings: Settings) -> Lookup:
    """The last good lists that this household uses, mapped. Raises Failure where their settings cannot be read."""
    with failing(RuleError, usage=ValueError):
        specs = feeds_of(settings)
    index, now = load_index(settings.state, specs), time.time()

    def listed(link: Link, path: str | None) -> tuple[Evidence, ...]:
        found = listed_evidence(index, link, path, now)
        return (found,) if found else ()

    return listed
