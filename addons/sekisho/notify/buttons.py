"""Buttons: ntfy's JSON for a message, with the buttons that answer an ask. Pure.

ntfy shows at most three buttons (https://docs.ntfy.sh/publish/#action-buttons), and there are five answers: the
message that rings has *once*, *1 day* and *keep shut*; a silent second one has *1 week* and *always*. A
button is an ``http`` action: the phone posts the signed reply to the reply topic. It carries no token, which
every reader of the topic could see; where a server asks for one, the reply topic must be writable by everyone.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sekisho.notify.messages import Message
from sekisho.notify.words import BUTTONS, Language
from sekisho.store.ask_records import Answer

FIRST: Sequence[Answer] = ("once", "1d", "block")
SECOND: Sequence[Answer] = ("1w", "always")
_LONGEST = 3500
"""Bytes of a body: ntfy turns a message over 4,096 bytes into an attached file."""
_HIGH, _LOW = 4, 2


def published(topic: str, message: Message, actions: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The JSON object that is posted to the server's root."""
    body = message.body.encode()[:_LONGEST].decode("utf-8", "ignore")
    told: dict[str, Any] = {
        "topic": topic,
        "title": message.title,
        "message": body,
        "priority": _HIGH if message.urgent else _LOW,
    }
    if actions:
        told["actions"] = list(actions)
    return told


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
