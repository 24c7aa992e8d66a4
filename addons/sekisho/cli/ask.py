"""Ask: VirusTotal and the registries about the links of one command, each within its wait.

As the proxy asks for a click: only about names that nobody has decided on yet, one question a name. Their
answers and the budget are kept in the store where there is one. Importing this takes a moment (aiohttp),
so that commands which ask nobody leave it alone.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sekisho.cli.household import may_have_store
from sekisho.cli.outside import Known
from sekisho.link import Link
from sekisho.policy.checks import wants_outside
from sekisho.policy.familiarity import name_of
from sekisho.providers.outside import Outside, Said
from sekisho.providers.registration import Registration, State
from sekisho.providers.registration.registrations import Registrations
from sekisho.providers.scratch import Scratch
from sekisho.providers.virustotal import Lookups
from sekisho.settings import Settings, find_key
from sekisho.store import Fact, Limits, Store, StoreError
from sekisho.store.sources import Sources
from sekisho.verdict import Reason

_QUIET = frozenset({"ok", "off"})
_HOME = ".home.arpa"
"""Of the home network (RFC 8375), though the public list knows it; all others there have no public suffix."""


class _Notebook:
    """The store, or a scratch in its place; it hears how each source is."""

    def __init__(self, kept: Sources | Scratch) -> None:
        self._kept = kept
        self.troubles: dict[str, str] = {}
        """Source → why it did not answer, though another question may have been answered."""

    def fact(self, source: str, subject: str) -> Fact | None:
        return self._kept.fact(source, subject)

    def has_facts(self, source: str) -> bool:
        return self._kept.has_facts(source)

    def remember_fact(self, source: str, subject: str, value: Any, at: float) -> None:
        self._kept.remember_fact(source, subject, value, at)

    def spend(self, source: str, at: float, limits: Limits) -> bool:
        return self._kept.spend(source, at, limits)

    def note_source(self, source: str, state: str, told: str, at: float) -> None:
        if state not in _QUIET:
            self.troubles[source] = told
        self._kept.note_source(source, state, told, at)


class _Registrations(Registrations):
    """Remembers for which names no answer came in time."""

    pending: tuple[str, ...] = ()

    async def ask(self, link: Link, *, wait: float) -> Registration:
        age = await super().ask(link, wait=wait)
        if age.state is State.PENDING and wait > 0:
            self.pending = (*self.pending, age.domain)
        return age


def ask_outside(settings: Settings, known: Known, links: Iterable[Link]) -> tuple[Known, tuple[str, ...]]:
    """The same with the answers about these links, and a sentence for each source that failed.

    Blocking: as long as the settings let a click wait, and a moment. Raises nothing of its own.
    """
    names = _names(known, links)
    if not names:
        return known, ()
    with _kept(settings) as kept, _folder(settings) as folder:
        notebook = _Notebook(kept)
        by_name, troubles = asyncio.run(_ask(settings, notebook, folder, names))
    return known.with_said({name: found.evidence for name, found in by_name.items()}), troubles


def _names(known: Known, links: Iterable[Link]) -> dict[str, tuple[Link, bool]]:
    """Name → a link that has it, and whether it is one user's of a platform; only what may be asked about."""
    names: dict[str, tuple[Link, bool]] = {}
    for link in links:
        found = name_of(link, known.policy.rulebook)
        verdict = known.policy.judge(link, now=time.time())
        if found and wants_outside(verdict) and not link.host.endswith(_HOME):
            names.setdefault(found[0], (link, found[1]))
    return names


async def _ask(
    settings: Settings, notebook: _Notebook, folder: Path, names: Mapping[str, tuple[Link, bool]]
) -> tuple[dict[str, Said], tuple[str, ...]]:
    registrations = None
    if settings.registration.on:
        registrations = _Registrations(
            notebook,
            notebook,
            folder=folder,
            bootstrap=settings.registration.bootstrap,
            whois=settings.registration.whois_server,
        )
    outside = Outside(
        Lookups(settings.virustotal, find_key=lambda: find_key(settings), find_store=lambda: notebook),
        registrations,
        wait=settings.virustotal.wait,
        age_wait=settings.registration.wait,
        young_days=settings.registration.young_days,
        changed=lambda name, late: None,
    )
    try:
        answers = await asyncio.gather(
            *(outside.ask(link, name, shared=shared, click=True) for name, (link, shared) in names.items())
        )
    finally:
        await outside.close()
    by_name = dict(zip(names, answers, strict=True))
    pending = registrations.pending if registrations else ()
    return by_name, tuple(_troubles(settings, notebook.troubles, by_name, pending))


def _troubles(
    settings: Settings,
    heard: Mapping[str, str],
    by_name: Mapping[str, Said],
    pending: tuple[str, ...],
) -> Iterator[str]:
    """One sentence for each source that did not answer."""
    bad = dict(heard)
    late = any(item.reason is Reason.UNCHECKED for found in by_name.values() for item in found.evidence)
    if "virustotal" in bad:
        yield bad.pop("virustotal")
    elif late:
        yield f"VirusTotal did not answer within {settings.virustotal.wait:g} s"
    for message in bad.values():
        yield f"{message}; how old the name is, is not known"
    if pending and not bad:
        yield f"no registry said in time how old {', '.join(pending)} is"


@contextmanager
def _kept(settings: Settings) -> Iterator[Sources | Scratch]:
    """The store where there is one that this account may write."""
    with ExitStack() as stack:
        kept: Sources | Scratch = Scratch()
        if may_have_store(settings):
            with suppress(StoreError):
                kept = stack.enter_context(Store.open(settings.store_url)).sources
        yield kept


@contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """Where IANA's list is kept: the state folder, or nowhere for long where there is none."""
    with (
        nullcontext(settings.state)
        if settings.state.is_dir()
        else TemporaryDirectory(prefix="sekisho-") as folder
    ):
        yield Path(folder)
