"""Finding: the page tells the reason that decided, in names that the reader knows."""

from datetime import UTC, datetime

import pytest

from sekisho.findings.wording import sign_sentence
from sekisho.link import host_link
from sekisho.portal.finding import find, local_time
from sekisho.verdict import Circumstance, Evidence, Level, PageSign, Reason, Secret, Trick, Verdict

from .conftest import CARD, MICROSOFT, NOW, STORY, STORY_EVIDENCE, STORY_VERDICT, verdict


@pytest.mark.parametrize(
    ("host", "reason", "variant"),
    [
        ("example.net", Reason.FAMILY_BLOCK, "family"),
        ("example.net", Reason.CIRCUMSTANCE, "circumstance"),
        ("203.0.113.7", Reason.CIRCUMSTANCE, "address"),
        ("2001:db8::7", Reason.CIRCUMSTANCE, "address"),
        ("a..b", Reason.UNREADABLE, "unreadable"),
        ("192.168.1.1", Reason.HOME_NETWORK, "home-network"),
        ("example.net", Reason.FEED, "feed"),
        ("203.0.113.7", Reason.FEED, "feed"),
        ("example.net", Reason.VIRUSTOTAL, "virustotal"),
        ("example.net", Reason.NEW_NAME, "new-name"),
        ("example.net", Reason.UNCHECKED, "unchecked"),
        ("example.net", Reason.FAMILIAR, "other"),
    ],
)
def test_each_reason_has_its_page(host: str, reason: Reason, variant: str) -> None:
    assert find(host_link(host), verdict(reason, Level.WARN), None, "ja").variant == variant


def test_a_verdict_without_evidence_still_makes_a_page() -> None:
    found = find(STORY, Verdict(Level.WARN), None, "ja")
    assert (found.variant, found.rows, found.site) == ("other", (), "")


def test_a_lookalike_of_a_brand_that_left_the_rules_offers_what_the_evidence_names() -> None:
    found = find(STORY, STORY_VERDICT, None, "ja")
    assert (found.variant, found.brand, found.site) == ("lookalike", "microsoft.com", "microsoft.com")


def test_an_imitated_name_that_is_no_domain_is_never_a_link() -> None:
    sentence = Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", imitates="javascript:alert(1)")
    found = find(STORY, Verdict(Level.WARN, (sentence,)), None, "ja")
    assert (found.variant, found.site) == ("other", "")


def test_a_false_ending_without_a_brand_has_its_own_page() -> None:
    sentence = Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", trick=Trick.FAKE_SUFFIX, matched=(0, 3))
    assert find(STORY, Verdict(Level.WARN, (sentence,)), None, "ja").variant == "ending"


def test_a_list_of_others_is_not_called_the_family_s_own() -> None:
    sentence = Evidence(Reason.FAMILY_BLOCK, Level.BLOCK, "block/big.txt:3", "x", named="big")
    found = find(STORY, Verdict(Level.BLOCK, (sentence,)), None, "ja")
    assert (found.variant, found.blocked, found.rows[0].about) == ("imported", True, "big")


def test_what_the_family_blocked_still_shows_the_fake_letters() -> None:
    both = Verdict(Level.BLOCK, (*verdict(Reason.FAMILY_BLOCK, Level.BLOCK).evidence, STORY_EVIDENCE))
    found = find(STORY, both, MICROSOFT, "ja")
    assert (found.variant, found.blocked, found.site) == ("family", True, "microsoft.com")
    assert found.comparison.letters


@pytest.mark.parametrize(
    ("brand", "language", "names"),
    [
        (MICROSOFT, "ja", ("マイクロソフト", "マイクロソフト（Microsoft）")),
        (MICROSOFT, "en", ("Microsoft", "Microsoft")),
        (CARD, "ja", ("三井住友カード", "三井住友カード")),
        (CARD, "en", ("Sumitomo Mitsui Card", "Sumitomo Mitsui Card")),
    ],
)
def test_the_reader_knows_the_name(brand: object, language: str, names: tuple[str, str]) -> None:
    assert brand in (MICROSOFT, CARD)
    found = find(STORY, STORY_VERDICT, MICROSOFT if brand is MICROSOFT else CARD, language)
    assert (found.brand, found.brand_in_full) == names


def test_evidence_is_listed_with_source_and_time_and_no_more_than_six() -> None:
    found = find(STORY, Verdict(Level.WARN, (STORY_EVIDENCE,) * 9), MICROSOFT, "ja")
    assert len(found.rows) == 6
    assert found.rows[0].source == "lookalike"
    assert found.rows[0].at == local_time(NOW, "ja")


@pytest.mark.parametrize(
    ("host", "port", "circumstance", "about"),
    [
        ("heron.top", 443, Circumstance.CHEAP_SUFFIX, "top"),
        ("heron.co.jp", 443, Circumstance.WATCHED_SUFFIX, "co.jp"),
        ("heron.xn--p1ai", 443, Circumstance.CHEAP_SUFFIX, "рф"),
        ("heron.net", 4430, Circumstance.ODD_PORT, "4430"),
        ("a.b.c.d.heron.net", 443, Circumstance.MANY_LABELS, "6"),
        ("heron48213.net", 443, Circumstance.DIGITS, ""),
        ("heron.net", 443, None, ""),
    ],
)
def test_a_row_names_what_its_sentence_is_about(
    host: str, port: int, circumstance: Circumstance | None, about: str
) -> None:
    sentence = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "x", "x", circumstance=circumstance)
    row = find(host_link(host, port), Verdict(Level.WARN, (sentence,)), None, "ja").rows[0]
    assert (row.circumstance, row.about) == (circumstance or "", about)


@pytest.mark.parametrize(
    ("host", "day"), [("heron.net", "November 20, 2026"), ("heron.jp", "November 21, 2026")]
)
def test_the_day_of_a_new_name_is_the_one_that_its_registry_tells(host: str, day: str) -> None:
    """Whoever compares it with whois must find the same day; Japan's is nine hours ahead."""
    at = datetime(2026, 11, 20, 20, 0, tzinfo=UTC).timestamp()
    sentence = Evidence(Reason.NEW_NAME, Level.CAUTION, "x", "x", at=NOW, count=3, since=at)
    row = find(host_link(host), Verdict(Level.WARN, (sentence,)), None, "en").rows[0]
    assert (row.count, row.day) == (3, day)


def test_a_list_is_named_with_its_day_and_cannot_turn_letters() -> None:
    sentence = Evidence(
        Reason.FEED, Level.WARN, "feeds/x:1", "x", at=NOW, since=NOW - 86_400, named="A \u202eB"
    )
    row = find(STORY, Verdict(Level.WARN, (sentence,)), None, "en").rows[0]
    assert row.about == "A \ufffdB"
    assert row.day
    assert local_time(NOW - 86_400, "en").startswith(row.day)


def test_without_a_day_of_the_engines_the_day_of_the_answer_is_told() -> None:
    sentence = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "x", at=NOW, count=4)
    row = find(STORY, Verdict(Level.WARN, (sentence,)), None, "en").rows[0]
    assert row.day
    assert local_time(NOW, "en").startswith(row.day)


def test_evidence_from_a_file_that_somebody_edited_cannot_turn_letters() -> None:
    sentence = Evidence(Reason.FAMILY_BLOCK, Level.BLOCK, "rules/\u202eevil.txt:1", "a \u202e b")
    row = find(STORY, Verdict(Level.BLOCK, (sentence,)), None, "ja").rows[0]
    assert (row.source, row.detail) == ("rules/\ufffdevil.txt:1", "a \ufffd b")


def test_times_are_written_as_the_reader_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "年" in local_time(NOW, "ja")
    assert "2026" in local_time(NOW, "en")
    assert local_time(NOW, "ja", day=False) in local_time(NOW, "ja")


@pytest.mark.parametrize(
    ("level", "brand", "signs", "variant"),
    [
        (Level.WARN, "microsoft", ((PageSign.TITLE, "Microsoft"),), "page"),
        (Level.CAUTION, "microsoft", ((PageSign.TITLE, "Microsoft"),), "secret"),
        (Level.CAUTION, None, ((PageSign.PRESSURE, "locked"),), "secret"),
        (Level.WARN, "microsoft", ((PageSign.ALARM, "virus"),), "support"),
        (Level.CAUTION, None, ((PageSign.OPAQUE, ""),), "opaque"),
        (Level.CAUTION, None, ((PageSign.UNCHECKED, "late"),), "unread"),
        (Level.CAUTION, None, ((PageSign.PROGRAM, "setup.exe"),), "program"),
    ],
)
def test_what_stands_on_a_page_has_its_page(
    level: Level, brand: str | None, signs: tuple[tuple[PageSign, str], ...], variant: str
) -> None:
    asks = (Secret.CARD, Secret.PASSWORD, Secret.QUESTION, Secret.CODE)
    sentence = Evidence(Reason.PAGE, level, "page", "x", brand, asks=asks, signs=signs)
    found = find(host_link("example.net"), Verdict(level, (sentence,)), MICROSOFT if brand else None, "ja")
    assert (found.variant, found.of_page, found.asks) == (variant, True, ("card", "password", "question"))
    assert found.comparison.site == ("microsoft.com" if brand and variant != "support" else "")
    assert found.program == ("setup.exe" if variant == "program" else "")
    assert found.rows[0].signs == (sign_sentence(signs[0][0], signs[0][1]),)


def test_the_letters_of_another_brand_are_not_laid_under_the_page_s() -> None:
    sentence = Evidence(Reason.PAGE, Level.WARN, "page", "x", "card", signs=((PageSign.TITLE, "Card"),))
    found = find(STORY, Verdict(Level.WARN, (sentence, STORY_EVIDENCE)), CARD, "ja")
    assert found.comparison.letters == ()
    assert found.site == CARD.site
