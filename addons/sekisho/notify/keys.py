"""Keys: the installation's secret for signing replies, and its ntfy topics, in one file of the state folder.

``notify.json`` is made once, for this account only, whole or not at all. Topics are drawn when somebody runs
``sekisho notify setup``; where the settings name topics, those count.
"""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sekisho.atomic_file import write_whole
from sekisho.settings import Settings

KEYS_NAME = "notify.json"
_SECRET_BYTES = 32
_TOPIC_BYTES = 24
"""32 characters, 192 bits: nobody finds it by trying."""


class KeysError(RuntimeError):
    """The file cannot be read or written. The message names it and the remedy, and shows nothing of it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What this installation signs with and where it is spoken to. Never shown."""

    secret: str
    """Hexadecimal, 32 bytes."""
    topic: str = ""
    reply_topic: str = ""

    def __repr__(self) -> str:
        return "Keys(…)"

    @property
    def signing(self) -> bytes:
        """The secret as bytes."""
        return bytes.fromhex(self.secret)


def keys_of(settings: Settings) -> Keys | None:
    """What counts now: the settings' topics, else those of the file; None where ntfy is not set up.

    Makes the secret where it is missing. Raises KeysError.
    """
    path = settings.state / KEYS_NAME
    kept = _read(path)
    topic = settings.ntfy.topic.get_secret_value() or (kept.topic if kept else "")
    reply_topic = settings.ntfy.reply_topic.get_secret_value() or (kept.reply_topic if kept else "")
    if not topic or not reply_topic:
        return None
    if kept is None:
        kept = Keys(secrets.token_hex(_SECRET_BYTES))
        _write(path, kept)
    return replace(kept, topic=topic, reply_topic=reply_topic)


def set_up(settings: Settings) -> tuple[Keys, bool]:
    """What counts now, with topics made and kept where there are none; and whether any was made. Raises KeysError."""
    path = settings.state / KEYS_NAME
    kept = _read(path) or Keys(secrets.token_hex(_SECRET_BYTES))
    made = replace(kept, topic=kept.topic or _topic(), reply_topic=kept.reply_topic or _topic())
    fresh = made != kept or not path.exists()
    if fresh:
        _write(path, made)
    own = settings.ntfy
    return replace(
        made,
        topic=own.topic.get_secret_value() or made.topic,
        reply_topic=own.reply_topic.get_secret_value() or made.reply_topic,
    ), fresh


def _topic() -> str:
    return secrets.token_urlsafe(_TOPIC_BYTES)


def _read(path: Path) -> Keys | None:
    try:
        kept = Keys(**json.loads(path.read_bytes()))
        if len(kept.signing) != _SECRET_BYTES or not all(isinstance(v, str) for v in asdict(kept).values()):
            raise ValueError
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeysError(f"{path} cannot be read ({error.strerror}): check who owns it") from None
    except (ValueError, TypeError):
        raise KeysError(
            f"{path} is damaged: restore it, or remove it and run `sekisho notify setup` anew "
            "(the family must then subscribe to the new topic)"
        ) from None
    return kept


def _write(path: Path, keys: Keys) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(keys)).encode("ascii"), mode=0o600)
    except OSError as error:
        raise KeysError(
            f"{path} cannot be written ({error.strerror}): check who owns the folder, or give another --state"
        ) from None
