"""Replies: ntfy's JSON of a message with its buttons, and what a button sends: signed, so that only buttons of this
household can answer for the family. Pure.

ntfy shows at most three buttons (https://docs.ntfy.sh/publish/#action-buttons), and there are five answers: the
message that rings has *once*, *1 day* and *keep shut*; a silent second one has *1 week* and *always*. A
button is an ``http`` action: the phone posts the signed reply to the reply topic. It carries no token, which
every reader of the topic could see; where a server asks for one, the reply topic must be writable by everyone.

A reply is ``v1.ASK.ANSWER.EXPIRES.NONCE.SIGNATURE`` in letters that URLs and JSON leave alone. The signature is
HMAC-SHA-256 (RFC 2104) under the installation's secret, over everything before it and the reply topic, so
that a reply to another topic, ask, answer or time is none. The nonce is drawn for each button: a reply that
comes a second time is known by it (`store.asks` keeps the one that answered). Who can read the family's topic
can press its buttons: the topic is kept like a password.
"""

import base64
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sekisho.notify.messages import Message
from sekisho.notify.words import BUTTONS, Language
from sekisho.records.asks import ANSWERS, Answer

FIRST: Sequence[Answer] = ("once", "1d", "block")
SECOND: Sequence[Answer] = ("1w", "always")
_LONGEST_BODY = 3500
"""Bytes of a body: ntfy turns a message over 4,096 bytes into an attached file."""
_HIGH, _LOW = 4, 2

VERSION = "v1"
_NONCE = r"[A-Za-z0-9_-]{16,32}"
_FORM = re.compile(
    rf"v1\.([A-Za-z0-9_-]{{1,40}})\.([a-z0-9]{{1,8}})\.([0-9]{{1,12}})\.({_NONCE})\.([A-Za-z0-9_-]{{43}})"
)
_LONGEST = 300
"""Characters of a reply."""


class BadReplyError(ValueError):
    """A message on the reply topic is no reply of a button of this household; says why, and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a button says."""

    ask_id: str
    answer: Answer
    nonce: str


class ExpiredReplyError(BadReplyError):
    """It was a good one, and is over."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__("its time is over")


def published(topic: str, message: Message, actions: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The JSON object that is posted to the server's root."""
    body = message.body.encode()[:_LONGEST_BODY].decode("utf-8", "ignore")
    sent: dict[str, Any] = {
        "topic": topic,
        "title": message.title,
        "message": body,
        "priority": _HIGH if message.urgent else _LOW,
    }
    if actions:
        sent["actions"] = list(actions)
    return sent


def answer_buttons(
    answers: Sequence[Answer],
    signed: Callable[[Answer], str],
    *,
    server: str,
    reply_topic: str,
    language: Language,
) -> list[dict[str, Any]]:
    """A button for each answer; `signed` gives what it sends."""
    return [
        {
            "action": "http",
            "label": BUTTONS[language][answer],
            "url": f"{server}/{reply_topic}",
            "method": "POST",
            "body": signed(answer),
            "clear": True,
        }
        for answer in answers
    ]


def sign(
    ask_id: str, answer: Answer, expires: float, *, secret: bytes, topic: str, random_name: Callable[[], str]
) -> str:
    """The text that a button sends. `expires`: seconds since 1970; `random_name` gives 16 to 32 URL-safe characters."""
    body = f"{VERSION}.{ask_id}.{answer}.{int(expires)}.{random_name()}"
    signed = f"{body}.{_signature(body, secret, topic)}"
    if not _FORM.fullmatch(signed):
        raise ValueError("an ask's id and a nonce are URL-safe characters")
    return signed


def read_reply(text: str, *, secret: bytes, topic: str, now: float) -> Reply:
    """Raises BadReplyError where it was not signed here for this topic, ExpiredReplyError where it is over."""
    found = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        raise BadReplyError("it has not the form of a reply")
    ask_id, given, expires, nonce, signature = found.groups()
    body = text.strip().rpartition(".")[0]
    if not hmac.compare_digest(signature, _signature(body, secret, topic)):
        raise BadReplyError("its signature is not ours")
    answer = next((known for known in ANSWERS if known == given), None)
    if answer is None:
        raise BadReplyError("it holds an answer that this version does not know")
    reply = Reply(ask_id, answer, nonce)
    if now >= int(expires):
        raise ExpiredReplyError(reply)
    return reply


def _signature(body: str, secret: bytes, topic: str) -> str:
    # A topic holds no blank, so the two parts cannot be mistaken for others.
    digest = hmac.digest(secret, f"sekisho reply {topic} {body}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
