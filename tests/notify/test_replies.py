import pytest

from sekisho.notify.messages import Message
from sekisho.notify.replies import (
    FIRST,
    SECOND,
    BadReplyError,
    ExpiredReplyError,
    Reply,
    answer_buttons,
    published,
    read_reply,
    sign,
)
from sekisho.records.asks import ANSWERS, Answer

SECRET, TOPIC, NOW = b"s" * 32, "reply-topic", 1_000_000.0
NONCE = "n" * 22


def signed(answer: Answer = "1d", secret: bytes = SECRET, topic: str = TOPIC) -> str:
    return sign("ask-id_1", answer, NOW + 60, secret=secret, topic=topic, random_name=lambda: NONCE)


def read(text: str, now: float = NOW) -> Reply:
    return read_reply(text, secret=SECRET, topic=TOPIC, now=now)


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_button_says_what_it_was_made_for(answer: Answer) -> None:
    assert read(f" {signed(answer)}\n") == Reply("ask-id_1", answer, NONCE)


def test_no_letter_can_be_changed() -> None:
    """Who may write to the reply topic would otherwise open what they like."""
    good = signed()
    for place in range(len(good)):
        for letter in "A.9x":
            if letter != good[place]:
                with pytest.raises(BadReplyError):
                    read(good[:place] + letter + good[place + 1 :])


def test_an_answer_of_another_button_is_not_ours() -> None:
    with pytest.raises(BadReplyError, match="signature"):
        read(signed("block").replace(".block.", ".always."))


@pytest.mark.parametrize(("secret", "topic"), [(b"x" * 32, TOPIC), (SECRET, "other-topic")])
def test_another_house_and_another_topic_are_not_ours(secret: bytes, topic: str) -> None:
    with pytest.raises(BadReplyError, match="signature"):
        read(signed(secret=secret, topic=topic))


def test_a_button_ends_with_its_ask() -> None:
    assert read(signed(), NOW + 59)
    with pytest.raises(ExpiredReplyError) as caught:
        read(signed(), NOW + 60)
    assert caught.value.reply.ask_id == "ask-id_1"


@pytest.mark.parametrize("text", ["", "yes", "v1.a.b.c", "v1." * 200, "☃" * 50, "v2" + "." * 5])
def test_anything_else_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(BadReplyError) as caught:
        read(text)
    assert str(caught.value) == "it has not the form of a reply"


def test_what_cannot_be_read_again_is_not_signed() -> None:
    with pytest.raises(ValueError, match="URL-safe"):
        sign("a.b", "1d", NOW, secret=SECRET, topic=TOPIC, random_name=lambda: NONCE)


def test_every_answer_has_a_button_and_no_message_too_many() -> None:
    """ntfy drops a message with more than three."""
    assert sorted([*FIRST, *SECOND]) == sorted(ANSWERS)
    assert len(FIRST) <= 3
    assert len(SECOND) <= 3


def test_a_button_posts_its_reply_and_holds_no_token() -> None:
    (button,) = answer_buttons(
        ["1d"], lambda answer: f"signed {answer}", server="https://n.example", reply_topic="r", language="ja"
    )
    assert button == {
        "action": "http",
        "label": "1日開く",
        "url": "https://n.example/r",
        "method": "POST",
        "body": "signed 1d",
        "clear": True,
    }


def test_what_rings_is_high_and_a_long_message_stays_a_message() -> None:
    assert published("t", Message("a", "b"))["priority"] == 4
    assert published("t", Message("a", "b", urgent=False))["priority"] == 2
    assert len(published("t", Message("a", "あ" * 5000))["message"].encode()) <= 4096
    assert "actions" not in published("t", Message("a", "b"))
