"""Replies: what a button sends, signed, so that only buttons of this household can answer for the family. Pure.

A reply is ``v1.ASK.ANSWER.EXPIRES.NONCE.SIGNATURE`` in letters that URLs and JSON leave alone. The signature is
HMAC-SHA-256 (RFC 2104) under the installation's secret, over everything before it and the reply topic, so
that a reply to another topic, ask, answer or time is none. The nonce is drawn for each button: a reply that
comes a second time is known by it (`store.asks` keeps the one that answered). Who can read the family's topic
can press its buttons: the topic is kept like a password.
"""

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from sekisho.store.ask_records import ANSWERS, Answer

VERSION = "v1"
_NONCE = r"[A-Za-z0-9_-]{16,32}"
_FORM = re.compile(
    rf"v1\.([A-Za-z0-9_-]{{1,40}})\.([a-z0-9]{{1,8}})\.([0-9]{{1,12}})\.({_NONCE})\.([A-Za-z0-9_-]{{43}})"
)
_LONGEST = 300


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
