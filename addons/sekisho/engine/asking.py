"""Asking: what the portal's pages need of the proxy to ask the family. Called in threads."""

from collections.abc import Sequence
from types import MappingProxyType

from sekisho.engine.asks import ask_family
from sekisho.engine.engine import Engine
from sekisho.engine.typed import tell_typed
from sekisho.link import Link
from sekisho.notify.keys import KeysError, keys_of
from sekisho.notify.targets import Target, targets_of
from sekisho.store import Store, StoreError
from sekisho.store.ask_records import Ask
from sekisho.verdict import Verdict

_CALLED = MappingProxyType(
    {
        "mailto": "mail",
        "mailtos": "mail",
        "line": "LINE",
        "tgram": "Telegram",
        "pover": "Pushover",
        "discord": "Discord",
        "slack": "Slack",
        "signal": "Signal",
        "signals": "Signal",
        "whatsapp": "WhatsApp",
    }
)
"""Kind of an apprise address → the name that people know."""


class Asking:
    """Asks of one household."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._in_force: set[str] = set()

    def ask(self, link: Link, client: str, verdict: Verdict, path: str | None) -> Ask:
        """Ask the family, and have it told at once. Raises TooManyAsksError and StoreError."""
        asked, _ = ask_family(self._store(), link, client, verdict, self.engine.clock(), path=path)
        self.engine.family.nudge()
        return asked

    def find(self, ask_id: str) -> Ask | None:
        """The ask; where it is answered, the answer is in force when this returns. Raises StoreError."""
        found = self._store().asks.find(ask_id)
        if found and found.answered_at is not None and found.id not in self._in_force:
            self.engine.current.decided()
            self._in_force.add(found.id)
        return found

    def tell(self, link: Link | None, harm: str, client: str) -> None:
        """Tell the family what somebody typed. Raises StoreError."""
        tell_typed(self._store(), link.host if link else "", client, harm, self.engine.clock())
        self.engine.family.nudge()

    def places(self) -> Sequence[str]:
        """Where the family is told, as people call it; nothing secret is in it."""
        settings = self.engine.settings
        try:
            keys = keys_of(settings)
        except KeysError:
            keys = None
        targets = targets_of(settings.notify.urls, ntfy_topic=keys.topic if keys else "")
        kinds = [
            target.url.get_secret_value().partition("://")[0].lower() if target.url else "ntfy"
            for target in targets
        ]
        return list(dict.fromkeys(_CALLED.get(kind, kind[:20]) for kind in kinds))

    def _store(self) -> Store:
        if self.engine.current.store is None:
            raise StoreError(self.engine.current.missing)
        return self.engine.current.store


def _called(target: Target) -> str:
    kind = target.url.get_secret_value().partition("://")[0].lower() if target.url else "ntfy"
    return _CALLED.get(kind, kind[:20])
