"""The family must know who asks, for what, and until when; the others must hear of the answer."""

from dataclasses import replace
from datetime import UTC

from sekisho.notify.asks import answered_message, ask_message, late_message, more_answers
from sekisho.notify.messages import Writer
from sekisho.notify.words import Language
from sekisho.records.asks import Ask
from sekisho.verdict import Evidence, Level, Reason

AT = 1_795_500_300.0  # 2026-11-24 06:05 UTC
FAKE = Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "imitates", imitates="microsoft.com", at=AT)
ASK = Ask(
    "i", "192.168.1.5", "rn1crosoft.example", Level.WARN, (FAKE,), AT, AT + 86_400, who="お母さん (スマホ)"
)
NAMES = {"192.168.1.5": "お母さん"}


def writer(language: Language) -> Writer:
    return Writer(language, NAMES, UTC)


def test_an_ask_says_who_what_why_and_until_when() -> None:
    message = ask_message(writer("ja"), ASK)
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
    english = ask_message(writer("en"), ASK, buttons=True).body
    for words in ("Site: rn1crosoft[.]example", "look like microsoft.com", "24 Nov 6:05", "buttons below"):
        assert words in english


def test_a_path_is_told_only_where_it_was_given() -> None:
    assert "ページ" not in ask_message(writer("ja"), ASK).body
    assert "ページ：/order" in ask_message(writer("ja"), replace(ASK, path="/order")).body


def test_a_device_without_a_name_is_told_by_its_address() -> None:
    assert ask_message(writer("en"), replace(ASK, who="")).title == "お母さん asks you something"
    unnamed = replace(ASK, who="", client="192.168.1.9")
    assert ask_message(writer("en"), unnamed).title == "The device 192.168.1.9 asks you something"


def test_an_answer_and_one_too_late_are_told() -> None:
    done = replace(ASK, answered_at=AT + 60, answered_by="desk (Hanako)", answer="1d")
    body = answered_message(writer("en"), done).body
    assert body.endswith("the answer: Open it for a day (desk (Hanako), 24 Nov 6:06)")
    assert "desk (Hanako) answered “Open it for a day”" in late_message(writer("en"), done).body
    assert "期限が過ぎました" in late_message(writer("ja"), ASK).body
    assert not more_answers(writer("ja"), ASK).urgent
