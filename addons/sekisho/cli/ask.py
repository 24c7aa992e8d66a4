"""Ask: VirusTotal and the registries about the links of one command, each within its wait.

As the proxy asks for a click: only about names that nobody has decided on yet, one question a name. What
was said and the budget are kept in the store where there is one. Importing this takes a moment (aiohttp),
so that commands which ask nobody leave it alone.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sekisho.cli.household import may_have_store
from sekisho.cli.outside import Known
from sekisho.link import Link
from sekisho.policy.checks import wants_outside
from sekisho.policy.familiarity import name_of
from sekisho.providers import Context, make_providers
from sekisho.providers.provider import Opinion, Subject
from sekisho.providers.records import MemoryStore
from sekisho.providers.reputation import Reputation
from sekisho.settings import Settings
from sekisho.store import Store, StoreError
from sekisho.store.sources import Sources

_HOME = ".home.arpa"
"""Of the home network (RFC 8375), though the public list knows it; all others there have no public suffix."""


def ask_outside(settings: Settings, known: Known, links: Iterable[Link]) -> tuple[Known, tuple[str, ...]]:
    """The same with what the outside said of these links, and a sentence for each provider that failed.

    Blocking: as long as the settings let a click wait, and a moment. Raises nothing of its own.
    """
    names = _names(known, links)
    if not names:
        return known, ()
    state = settings.state
    # IANA's list is kept in the state folder, or nowhere for long where there is none.
    place = nullcontext(state) if state.is_dir() else TemporaryDirectory(prefix="sekisho-")
    with _kept(settings) as kept, place as folder:
        context = Context(settings.model_copy(update={"state": Path(folder)}), find_store=lambda: kept)
        opinions = asyncio.run(_ask(context, names))
    troubles = dict.fromkeys(sentence for opinion in opinions.values() for sentence in opinion.troubles)
    return known.with_answers({name: one.evidence for name, one in opinions.items()}), tuple(troubles)


def _names(known: Known, links: Iterable[Link]) -> dict[str, tuple[Link, bool]]:
    """Name → a link that has it, and whether it is one user's of a platform; only what may be asked about."""
    names: dict[str, tuple[Link, bool]] = {}
    for link in links:
        found = name_of(link, known.policy.rulebook)
        verdict = known.policy.judge(link, now=time.time())
        if found and wants_outside(verdict) and not link.host.endswith(_HOME):
            names.setdefault(found[0], (link, found[1]))
    return names


async def _ask(context: Context, names: Mapping[str, tuple[Link, bool]]) -> dict[str, Opinion]:
    reputation = Reputation(make_providers(context))
    try:
        opinions = await asyncio.gather(
            *(
                reputation.ask(Subject(link, name, shared), click=True)
                for name, (link, shared) in names.items()
            )
        )
    finally:
        await reputation.close()
    return dict(zip(names, opinions, strict=True))


@contextmanager
def _kept(settings: Settings) -> Iterator[Sources | MemoryStore]:
    """The store where there is one that this account may write."""
    with ExitStack() as stack:
        kept: Sources | MemoryStore = MemoryStore()
        if may_have_store(settings):
            with suppress(StoreError):
                kept = stack.enter_context(Store.open(settings.store_url)).sources
        yield kept
