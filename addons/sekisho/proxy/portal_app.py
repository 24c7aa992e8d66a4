"""Portal app: the portal's pages, connected to what they read and change in the engine. Called in the portal's threads.

Blocking (the store, files, the event loop): never call it on the loop. Where there is no store, everything that needs
one raises StoreError, which the pages know; only the desk's first page shows what is known without it.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from sekisho.engine.asks import ask_family
from sekisho.engine.engine import Engine
from sekisho.link import Link
from sekisho.notify.targets import services_of
from sekisho.policy.household import Household
from sekisho.portal.context import DeskContext, PortalContext
from sekisho.portal.desk import DeskSummary
from sekisho.portal.family_mark import read_mark
from sekisho.portal.login import SetUp, new_code
from sekisho.portal.password import PasswordError, has_password
from sekisho.portal.portal import create_portal
from sekisho.providers import Context, first_budget, make_providers, read_conditions
from sekisho.records.asks import Ask
from sekisho.settings import Settings
from sekisho.store import Store, StoreError
from sekisho.verdict import Verdict

logger = logging.getLogger(__name__)

PER_DEVICE = 10
"""Events of a device that count for one hour; more notify the family of nothing new."""
_HOUR = 3600.0


def set_up_for(settings: Settings) -> SetUp:
    """A code for the family's first password, where there is none yet."""
    try:
        return SetUp() if has_password(settings.state) else SetUp(new_code())
    except PasswordError as error:
        logger.error("nobody can log in at the desk: %s", error)
        return SetUp()


def portal_for(engine: Engine, ca_folder: Callable[[], Path], set_up: SetUp) -> Flask:
    """The portal's app of this engine; `ca_folder` is mitmproxy's confdir."""
    return create_portal(portal_context(engine, lambda: ca_folder() / "mitmproxy-ca-cert.pem", set_up))


def portal_context(engine: Engine, ca_file: Callable[[], Path], set_up: SetUp) -> PortalContext:
    """What the portal of this engine reads and changes. `ca_file` is the authority's certificate (PEM)."""
    actions, settings = PortalActions(engine), engine.settings
    desk = DeskContext(
        settings=settings,
        set_up=set_up,
        clock=engine.clock,
        store=actions.store,
        household=actions.household,
        answer_ask=engine.family.answer_ask,
        decided=engine.current.decided,
    )
    return PortalContext(
        clock=engine.clock,
        rulebook=engine.current.rulebook,
        tickets=engine.tickets,
        forms=engine.forms,
        ca_file=ca_file,
        go_on=engine.family.go_on,
        go_on_seconds=settings.go_on_minutes * 60.0,
        ask=actions.ask,
        find=actions.find,
        places=lambda: services_of(settings),
        tell=actions.tell,
        release=engine.releases.release,
        refuse=engine.releases.refuse,
        desk=desk,
        regions=settings.household.regions,
        rules_read=lambda: engine.current.rules_read,
        summary=actions.summary,
        mark=lambda: read_mark(settings.state),
    )


class PortalActions:
    """What a page does with the store and the messenger of one household."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._in_force: set[str] = set()

    def store(self) -> Store:
        """Raises StoreError where there is none."""
        if self.engine.current.store is None:
            raise StoreError(self.engine.current.missing)
        return self.engine.current.store

    def household(self) -> Household:
        """Rules and decisions of now. Raises StoreError."""
        engine = self.engine
        if engine.current.policy is None:
            raise StoreError(engine.current.missing)
        decisions = tuple(self.store().decisions.in_force(engine.clock()))
        return Household(
            engine.current.rulebook(), decisions, engine.settings.household, engine.current.household
        )

    def summary(self) -> DeskSummary:
        """Sources, and events to be sent. Without a store, or with one that fails, what is known without it."""
        settings, store, now = self.engine.settings, self.engine.current.store, self.engine.clock()
        counted, limits = first_budget(make_providers(Context(settings)))
        if store is not None:
            try:
                return DeskSummary(
                    conditions=read_conditions(settings, store.sources.states()),
                    events=tuple(store.events.all(pending_only=True)),
                    asked=store.sources.spent(counted, now),
                    limits=limits,
                    waiting=len(store.asks.open_asks(now)),
                )
            except StoreError as error:
                logger.error("the desk could not read the store: %s", error)
        return DeskSummary(conditions=read_conditions(settings, ()), limits=limits, unread=True)

    def ask(self, link: Link, client: str, verdict: Verdict, path: str | None) -> Ask:
        """Ask the family, and have it notified at once. Raises TooManyAsksError and StoreError."""
        asked, _ = ask_family(self.store(), link, client, verdict, self.engine.clock(), path=path)
        self.engine.family.nudge()
        return asked

    def find(self, ask_id: str) -> Ask | None:
        """The ask; where it is answered, the answer is in force when this returns. Raises StoreError."""
        found = self.store().asks.find(ask_id)
        if found and found.answered_at is not None and found.id not in self._in_force:
            self.engine.current.decided()
            self._in_force.add(found.id)
        return found

    def tell(self, link: Link | None, harm: str, client: str) -> None:
        """Notify the family of what somebody typed. Raises StoreError."""
        tell_typed(self.store(), link.host if link else "", client, harm, self.engine.clock())
        self.engine.family.nudge()


def tell_typed(store: Store, host: str, client: str, what: str, now: float) -> bool:
    """Notify the family that somebody typed something on a fake site; False where this device did so too often.

    It becomes an event, which the Messenger sends to every place, and the desk and `sekisho status` show. Raises
    StoreError. host: canonical, or empty where nobody knows it. what: one of `sekisho.rulebook.aftercare.Harm`.
    """
    if not store.events.add_typed(host, client, what, now, since=now - _HOUR, most=PER_DEVICE):
        logger.warning("%s told of %s too often; the family is not told again", client, what)
        return False
    logger.info("%s tells the family: %s at %s", client, what, host or "an unknown site")
    return True
