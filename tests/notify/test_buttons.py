from sekisho.notify.buttons import FIRST, SECOND, answer_buttons, published
from sekisho.notify.messages import Message
from sekisho.store.ask_records import ANSWERS


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
