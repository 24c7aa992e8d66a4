from datetime import UTC

import pytest

from sekisho.notify.messages import Teller, harmless, visible, why
from sekisho.notify.words import Language
from sekisho.store.ask_records import Ask
from sekisho.store.domain_records import STORE_DAMAGED, TURNED_BAD, Event, Presence
from sekisho.verdict import Evidence, Level, Reason

AT = 1_795_500_300.0  # 2026-11-24 06:05 UTC
FAKE = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "imitates", imitates="microsoft.com", at=AT)
ASK = Ask(
    "i", "192.168.1.5", "rn1crosoft.example", Level.WARN, (FAKE,), AT, AT + 86_400, who="お母さん (スマホ)"
)
BAD = Event(
    1,
    TURNED_BAD,
    "bad.example",
    AT,
    Level.WARN,
    (Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines"),),
    (Presence("192.168.1.5", AT - 3600, AT, 2), Presence("192.168.1.6", AT - 60, AT, 1)),
)
NAMES = {"192.168.1.5": "お母さん"}


def teller(language: Language) -> Teller:
    return Teller(language, NAMES, UTC)


def test_an_ask_says_who_what_why_and_until_when() -> None:
    message = teller("ja").ask(ASK)
    assert message.title == "お母さん (スマホ)が質問しています"
    assert message.body == (
        "お母さん (スマホ)が、このサイトを開いてよいか聞いています。\n"
        "サイト：rn1crosoft[.]example\n"
        "止めた理由：本物の microsoft.com に似せた名前です。\n"
        "聞いた時刻：11月24日 6:05\n"
        "このサイトを、ここから開かないでください。\n"
        "家の機器なら http://sekisho.internal/desk で答えられます。\n"
        "返事は 11月25日 6:05 まで有効です。"
    )
    assert message.urgent
    english = teller("en").ask(ASK, buttons=True).body
    for words in ("Site: rn1crosoft[.]example", "look like microsoft.com", "24 Nov 6:05", "buttons below"):
        assert words in english


def test_a_path_is_told_only_where_it_was_given() -> None:
    assert "ページ" not in teller("ja").ask(ASK).body
    from dataclasses import replace

    assert "ページ：/order" in teller("ja").ask(replace(ASK, path="/order")).body


def test_a_device_without_a_name_is_told_by_its_address() -> None:
    from dataclasses import replace

    assert teller("en").ask(replace(ASK, who="")).title == "お母さん asks you something"
    unnamed = replace(ASK, who="", client="192.168.1.9")
    assert teller("en").ask(unnamed).title == "The device 192.168.1.9 asks you something"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_who_was_there_is_told_with_what_to_do(language: Language) -> None:
    """The daughter must know whom to phone, and what to ask."""
    body = teller(language).event(BAD).body
    for words in ("bad[.]example", "お母さん", "192.168.1.6", "5:05"):
        assert words in body
    assert ("パスワード" if language == "ja" else "password") in body
    assert "bad.example" not in body


def test_many_bad_sites_are_one_message() -> None:
    from dataclasses import replace

    message = teller("en").events([replace(BAD, id=n, host=f"h{n}.example") for n in range(25)])
    assert message.title == "25 sites have turned out to be dangerous"
    assert "h9[.]example" in message.body
    assert "h10[.]example" not in message.body
    assert "And 15 more" in message.body


def test_a_damaged_store_is_told_without_its_place() -> None:
    event = Event(
        1, STORE_DAMAGED, "", AT, Level.PASS, (), (), detail="the store /home/hidden/s.db was damaged"
    )
    message = teller("ja").event(event)
    assert "こわれて" in message.title
    assert "hidden" not in message.title + message.body


def test_an_answer_and_one_too_late_are_told() -> None:
    from dataclasses import replace

    done = replace(ASK, answered_at=AT + 60, answered_by="desk (Hanako)", answer="1d")
    body = teller("en").answered(done).body
    assert body.endswith("the answer: Open it for a day (desk (Hanako), 24 Nov 6:06)")
    assert "desk (Hanako) answered “Open it for a day”" in teller("en").too_late(done).body
    assert "期限が過ぎました" in teller("ja").too_late(ASK).body
    assert not teller("ja").more_answers(ASK).urgent


def test_there_is_a_sentence_for_whatever_was_found() -> None:
    assert why((), "en") == "something about it is suspicious."
    for reason in Reason:
        assert why([Evidence(reason, Level.WARN, "x", "y")], "ja")


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("www.a.example", "www[.]a[.]example"),
        ("192.0.2.1", "192[.]0[.]2[.]1"),
        ("2001:db8::1", "2001[:]db8[:][:]1"),
        ("xn--r8jz45g.example", "例え[.]example (xn--r8jz45g[.]example)"),
    ],
)
def test_no_program_takes_a_host_for_a_link(host: str, told: str) -> None:
    """A preview would fetch the site, and a thumb would open it."""
    assert harmless(host) == told


def test_text_from_elsewhere_cannot_write_a_second_line() -> None:
    assert visible("a\nb\u202ec\u200b") == "a b�c�"
    assert len(visible("x" * 500)) == 120
