"""FeedProvider: the downloaded lists of phishing as one provider. Nothing about a click leaves this computer.

Two background tasks: one fetches lists when they are due, one maps a list anew when its file has changed, whoever
fetched it (`sekisho update` does so too). A mistake in the lists' settings leaves the last good ones in use.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping

from sekisho.link import Link
from sekisho.providers.condition import FAILED, OFF, OK, UNASKED, UNREADABLE, Condition
from sekisho.providers.feeds.choice import chosen_feeds, feed_files, feeds_of, read_feeds
from sekisho.providers.feeds.index import FeedIndex, load_index
from sekisho.providers.feeds.spec import FeedSpec
from sekisho.providers.feeds.state import FOLDER, read_state
from sekisho.providers.feeds.unfetched import unfetched_line
from sekisho.providers.feeds.update import FeedFolderError, Feeds
from sekisho.providers.provider import NOTHING, Context, Opinion, Provider, Subject
from sekisho.records.sources import SourceState
from sekisho.records.visits import utc_minute
from sekisho.rulebook import RuleError, Stamp, shared_domains, stamp_of
from sekisho.rulebook.model import Rulebook
from sekisho.settings import Settings
from sekisho.verdict import Evidence, Level, Reason

logger = logging.getLogger(__name__)

MAP_SECONDS = 5.0
"""Between two checks whether a file has changed."""
FETCH_SECONDS = 60.0
"""Between two checks whether a list is due."""
KIND = "feed"


class FeedProvider(Provider):
    """A local list."""

    name = "feeds"

    def __init__(self, context: Context) -> None:
        """Nothing is mapped before `start`."""
        self.index = FeedIndex()
        """The lists in use."""
        self._context = context
        self._feeds: Feeds | None = None
        self._made_for: Rulebook | None = None
        self._made_of: tuple[Stamp, ...] = ()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Map and fetch lists from now on, in two background tasks."""
        failed = "the downloaded lists could not be mapped; the last good ones stay in use"
        self._tasks.append(asyncio.create_task(_repeat(self._map, MAP_SECONDS, failed)))
        failed = "the lists of phishing could not be fetched"
        self._tasks.append(asyncio.create_task(_repeat(self._fetch, FETCH_SECONDS, failed)))

    async def close(self) -> None:
        """End both tasks, and a download within a second."""
        if self._feeds:
            self._feeds.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def known(self, subject: Subject) -> Opinion:
        """The list that names the host or the page."""
        found = listed_evidence(self.index, subject.link, subject.path, self._context.clock())
        return Opinion((found,)) if found else NOTHING

    async def ask(self, subject: Subject, *, wait: float, click: bool, max_age: float) -> Opinion:
        """The same as `known`."""
        return self.known(subject)

    def conditions(self, noted: Mapping[str, SourceState]) -> tuple[Condition, ...]:
        """One for each list; one for all where they are switched off or cannot be read."""
        return tuple(_conditions(self._context.settings))

    async def _map(self) -> None:
        feeds = self._feeds_in_force()
        if feeds is None:
            return
        old = self.index
        new = await asyncio.to_thread(load_index, self._context.settings.state, feeds.specs, old)
        if new is old:
            return
        self.index = new
        if len(new) != len(old):
            logger.info("%d entries of downloaded lists are in use", len(new))
        if self.listener:
            self.listener.listed(self)

    async def _fetch(self) -> None:
        feeds = self._feeds_in_force()
        if feeds is None or not await asyncio.to_thread(feeds.due, self._context.clock()):
            return
        try:
            outcomes = await asyncio.to_thread(feeds.update)
        except FeedFolderError as error:
            logger.error("the lists of phishing could not be fetched: %s", error)
            return
        if line := unfetched_line(outcomes):
            logger.warning("%s", line)

    def _feeds_in_force(self) -> Feeds | None:
        """The feeds under the rules in force; None where there are none."""
        settings, rulebook = self._context.settings, self._context.find_rulebook()
        if rulebook is None or not settings.feeds.enabled:
            return None
        files = tuple(map(stamp_of, feed_files(settings.rules, settings.state)))
        if self._made_for is not rulebook or self._made_of != files:
            self._made_for, self._made_of = rulebook, files  # so that a mistake in them is logged once
            try:
                specs = feeds_of(settings)
            except (RuleError, ValueError) as error:
                logger.error("the lists of phishing stay as they are: %s", error)
                return self._feeds
            self._feeds = Feeds(settings.state, specs, shared_domains(rulebook), clock=self._context.clock)
        return self._feeds


def listed_evidence(index: FeedIndex, link: Link, path: str | None, now: float) -> Evidence | None:
    """A warning where a list names the host or, by its path with query, the page; None where none does.

    `now`: seconds since 1970 UTC.
    """
    hit = index.find(link, path)
    if hit is None:
        return None
    what = f"a page of {hit.entry}" if hit.is_page else hit.entry
    detail = f"{what} is on the list of phishing of {hit.name}, fetched {utc_minute(hit.fetched)}"
    return Evidence(Reason.FEED, Level.WARN, hit.source, detail, at=now, since=hit.fetched, named=hit.name)


async def _repeat(work: Callable[[], Awaitable[None]], seconds: float, failed: str) -> None:
    """For ever; whatever goes wrong is logged, and the next round tries again."""
    while True:
        try:
            await work()
        except Exception:
            logger.exception(failed)
        await asyncio.sleep(seconds)


def _conditions(settings: Settings) -> Iterator[Condition]:
    everything = "Lists of phishing"
    if not settings.feeds.enabled:
        sentence = "none is downloaded or asked; enabled = true below [feeds] in sekisho.toml changes that"
        yield Condition(KIND, FeedProvider.name, everything, OFF, sentence)
        return
    try:
        specs = read_feeds(settings.rules, settings.state)
        chosen = chosen_feeds(specs, settings.feeds.on, settings.feeds.off)
    except (RuleError, ValueError) as error:
        sentence = f"{'; '.join(error.problems) if isinstance(error, RuleError) else error}"
        yield Condition(KIND, FeedProvider.name, everything, UNREADABLE, sentence)
        return
    for spec in chosen:
        yield _condition(settings, spec)
    for spec in specs.values():
        if spec not in chosen:
            sentence = f'switched off; on = ["{spec.slug}"] below [feeds] in sekisho.toml uses it'
            yield Condition(KIND, spec.slug, spec.name, OFF, sentence, is_spare=True)


def _condition(settings: Settings, spec: FeedSpec) -> Condition:
    found = read_state(settings.state / FOLDER, spec.slug)
    if found.error:
        kept = (
            "the last good one stays in use" if found.parts else "there is none yet, so it warns of nothing"
        )
        state = FAILED
        sentence = f"the list could not be fetched: {found.error}; {kept}, and it is tried again by itself"
    elif not found.tried and not found.parts:
        state = UNASKED
        sentence = "not fetched yet; a running proxy does so by itself, `sekisho update` at once"
    else:
        state, sentence = OK, f"{found.count:,} entries"
    return Condition(
        KIND,
        spec.slug,
        spec.name,
        state,
        sentence,
        last_good_at=found.good or None,
        entries=found.count,
        next_try=found.next_try or None,
    )
