"""VirusTotalProvider: VirusTotal as one provider.

A bad result counts until VirusTotal itself answers otherwise. While VirusTotal does not answer, a name is "not
fully checked", which is a caution. Its report holds the age of a name too, so that no registry has to be asked.
"""

from collections.abc import Mapping
from dataclasses import replace

from sekisho.providers.condition import OFF, OK, UNASKED, Condition
from sekisho.providers.provider import Context, Opinion, Provider, Service, Subject
from sekisho.providers.registration import Registration
from sekisho.providers.registration import State as RegistrationState
from sekisho.providers.registration import find_evidence as age_evidence
from sekisho.providers.virustotal.lookups import FRESH, Lookups
from sekisho.providers.virustotal.report import SOURCE, DomainReport, find_evidence
from sekisho.providers.virustotal.states import SENTENCES, Answer, State
from sekisho.records.sources import Limits, SourceState
from sekisho.settings import find_key
from sekisho.verdict import Evidence, Level, Reason

UNANSWERED = 60.0
"""Seconds after which it is asked again where it could not answer."""


class VirusTotalProvider(Provider):
    """A service that is set up where there is a key."""

    name = SOURCE
    recalls = frozenset({Reason.VIRUSTOTAL})

    def __init__(self, context: Context) -> None:
        """Asks nobody yet. Without a key it answers from what the store holds, and asks nobody."""
        settings = context.settings.virustotal
        self.service = Service(settings.wait, FRESH, Limits(settings.per_minute, settings.per_day))
        self._settings = context.settings
        self._clock = context.clock
        self._waiting: set[str] = set()
        self._lookups = Lookups(
            settings,
            find_key=lambda: find_key(context.settings),
            find_store=context.find_store,
            on_report=self._reported,
            clock=context.clock,
        )

    @property
    def vouches(self) -> bool:
        """There is a key."""
        return bool(find_key(self._settings).get_secret_value())

    async def start(self) -> None:
        """Import the client and read authorities before somebody clicks."""
        await self._lookups.start()

    async def close(self) -> None:
        """End every lookup and the session."""
        await self._lookups.close()

    async def ask(self, subject: Subject, *, wait: float, click: bool, max_age: float) -> Opinion:
        """As `Provider.ask`. What was bad days ago is bad until VirusTotal says otherwise."""
        name = subject.name
        self._waiting.add(name)
        try:
            answer = await self._lookups.ask(name, wait=wait, click=click, max_age=max_age)
        finally:
            self._waiting.discard(name)
        if answer.report is not None:
            return self._opinion(answer.report, answer.at)
        now = self._clock()
        if not answer.deferred:
            answered = None if answer.state is State.OFF else answer.state.answered
            return Opinion(answered=answered, until=now + FRESH)
        opinion = Opinion(
            answered=False,
            over_budget=answer.state is State.OVER_BUDGET,
            until=now + UNANSWERED,
            troubles=(self._trouble(answer),),
        )
        if (
            answer.state is not State.WRONG_KEY
        ):  # as good as none: the desk says so, and no click can change it
            detail = f"not fully checked: {answer.sentence}"
            unchecked = Evidence(Reason.UNCHECKED, Level.CAUTION, SOURCE, detail, at=now)
            opinion = replace(opinion, evidence=(unchecked,))
        if (old := await self._lookups.last_answer(name)) and old.report:
            evidence = (*find_evidence(old.report, old.at), *opinion.evidence)
            opinion = replace(opinion, evidence=evidence)
        return opinion

    def conditions(self, noted: Mapping[str, SourceState]) -> tuple[Condition, ...]:
        """As `Provider.conditions`; one."""
        known, name = noted.get(SOURCE), "VirusTotal"
        last_good = known.last_good_at if known else None
        if not self.vouches:
            sentence = "it is not asked, since there is no key; `sekisho virustotal key` takes one"
            since = known.since if known and known.state == OFF else None
            return (Condition(SOURCE, SOURCE, name, OFF, sentence, since, last_good),)
        if known is None or known.state == OFF:
            sentence = "there is a key; it is asked about the next unfamiliar site that somebody opens"
            return (Condition(SOURCE, SOURCE, name, UNASKED, sentence, None, last_good),)
        sentence = "it answers" if known.state == OK else known.sentence
        return (Condition(SOURCE, SOURCE, name, known.state, sentence, known.since, last_good),)

    def _reported(self, name: str, report: DomainReport) -> None:
        """A report came, perhaps long after everybody stopped waiting."""
        if self.listener and name not in self._waiting:
            self.listener.answered(self, name, self._opinion(report, self._clock()))

    def _opinion(self, report: DomainReport, at: float) -> Opinion:
        """What a report proves, which VirusTotal gave at `at`."""
        now, created = self._clock(), report.creation_date
        evidence = find_evidence(report, at)
        if created is not None:
            age = Registration(report.domain, created, SOURCE, now, RegistrationState.KNOWN)
            young = age_evidence(age, now, self._settings.registration.young_days)
            evidence += (young,) if young else ()
        return Opinion(evidence, True, registered_at=created, until=now + FRESH)

    def _trouble(self, answer: Answer) -> str:
        if answer.state is State.TOO_SLOW and answer.sentence == SENTENCES[State.TOO_SLOW]:
            return f"VirusTotal did not answer within {self._settings.virustotal.wait:g} s"
        return answer.sentence
