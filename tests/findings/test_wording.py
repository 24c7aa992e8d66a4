"""Wording: each finding has its own sentence, and never another one's."""

import pytest

from sekisho.findings.catalogue import plain_text
from sekisho.findings.wording import WORDINGS, about, meaning, message, sign_sentence, whence, wording_of
from sekisho.link import host_link
from sekisho.verdict import Circumstance, Evidence, Level, PageSign, Reason, Trick

LINK = host_link("a.b.heron.co.jp", 4430)


def sentence(reason: Reason, **fields: object) -> Evidence:
    return Evidence(reason, Level.WARN, "x", "x", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("trick", Trick)
def test_each_trick_has_a_sentence(trick: Trick) -> None:
    assert meaning(sentence(Reason.LOOKALIKE, trick=trick)).message == trick.sentence != ""


@pytest.mark.parametrize("circumstance", Circumstance)
def test_each_circumstance_has_a_sentence_that_can_be_filled(circumstance: Circumstance) -> None:
    found = sentence(Reason.CIRCUMSTANCE, circumstance=circumstance)
    text = plain_text(meaning(found, about(found, LINK)), "en")
    assert circumstance.sentence
    assert "%" not in text


@pytest.mark.parametrize("sign", PageSign)
def test_each_sign_of_a_page_has_a_sentence(sign: PageSign) -> None:
    assert sign.sentence
    assert "%" not in plain_text(sign_sentence(sign, "Heron"), "ja")


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_without_a_sentence_is_told_by_its_word(reason: Reason) -> None:
    found = meaning(sentence(reason))
    assert found.message
    assert found.word == ("" if reason.sentence else reason.value)
    assert whence(sentence(reason)).message


@pytest.mark.parametrize(
    ("reason", "count", "text"),
    [
        (Reason.VIRUSTOTAL, 1, "One security company calls it dangerous (VirusTotal, today)."),
        (Reason.VIRUSTOTAL, 5, "5 security companies call it dangerous (VirusTotal, today)."),
        (Reason.VIRUSTOTAL, None, "Security companies call it dangerous (VirusTotal)."),
        (Reason.NEW_NAME, 0, "Its name was registered only today (today)."),
        (Reason.NEW_NAME, 1, "Its name was registered only yesterday (today)."),
        (Reason.NEW_NAME, 3, "Its name was registered only 3 days ago (today)."),
        (Reason.NEW_NAME, None, "Its name was registered only a short time ago."),
    ],
)
def test_numbers_are_told_as_people_say_them(reason: Reason, count: int | None, text: str) -> None:
    assert plain_text(meaning(sentence(reason, count=count), "", "today"), "en") == text


def test_a_list_of_others_is_named_and_not_called_the_family_s() -> None:
    theirs, own = sentence(Reason.FAMILY_BLOCK, named="big"), sentence(Reason.FAMILY_BLOCK)
    assert meaning(theirs, about(theirs, LINK)).values["list"] == "big"
    assert meaning(own, about(own, LINK)).message == Reason.FAMILY_BLOCK.sentence
    assert whence(theirs).message != whence(own).message
    assert (wording_of(theirs, LINK, named=False), wording_of(own, LINK, named=False)) == (
        "imported",
        "family",
    )


def test_every_headline_is_there_and_an_imitation_of_nobody_has_none_of_its_own() -> None:
    assert all(wording.headline and (wording.why or wording.meaning) for wording in WORDINGS.values())
    assert wording_of(sentence(Reason.LOOKALIKE), LINK, named=True) == "lookalike"
    assert wording_of(sentence(Reason.LOOKALIKE), LINK, named=False) == "other"
    assert wording_of(sentence(Reason.CIRCUMSTANCE), host_link("203.0.113.7"), named=False) == "address"
    assert wording_of(None, LINK, named=True) == "other"


def test_a_message_names_the_imitated_site_where_it_is_known() -> None:
    found = sentence(Reason.LOOKALIKE)
    assert plain_text(message(found, "heron.jp"), "ja") == "本物の heron.jp に似せた名前です。"
    assert message(found).message != message(None).message
