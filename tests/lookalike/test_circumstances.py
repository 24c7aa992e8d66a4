import pytest

from sekisho.link import host_link, parse_link
from sekisho.lookalike import LookalikeIndex, find_lookalikes
from sekisho.lookalike.circumstances import (
    cheap_suffix,
    digits,
    foreign_script,
    ip_address,
    is_machine_made,
    many_labels,
    odd_label,
    odd_port,
    other_letters,
    random_above,
    random_label,
    scripts_in,
)
from sekisho.lookalike.index import READABLE
from sekisho.rulebook.model import Rulebook
from sekisho.verdict import Circumstance


def test_an_address_is_no_name(small: Rulebook) -> None:
    assert ip_address(host_link("203.0.113.7"), small) is not None
    assert ip_address(host_link("[2001:db8::7]"), small) is not None
    assert ip_address(host_link("heron.com"), small) is None


@pytest.mark.parametrize(
    ("port", "odd"), [(443, False), (80, False), (8443, False), (4430, True), (22, True)]
)
def test_only_unusual_ports_are_odd(port: int, odd: bool, small: Rulebook) -> None:
    assert (odd_port(host_link("heron.com", port), small) is not None) is odd


def test_a_suffix_is_told_with_its_reason(small: Rulebook) -> None:
    cheap = cheap_suffix(host_link("hqvron4.top"), small)
    assert cheap is not None
    assert (cheap.key, cheap.detail) == ("cheap-suffix", "The suffix .top is cheap: a dollar.")
    watched = cheap_suffix(host_link("heron.cn"), small)
    assert watched is not None
    assert watched.key == "watched-suffix"
    assert cheap_suffix(host_link("heron.com"), small) is None
    assert cheap_suffix(host_link("heron.com.cn"), small) is None


def test_a_name_that_a_person_chose_is_less_odd_under_a_cheap_suffix(small: Rulebook) -> None:
    plain = cheap_suffix(host_link("heron.top"), small)
    assert plain is not None
    assert plain.key is Circumstance.CHEAP_PLAIN


@pytest.mark.parametrize(
    ("host", "odd"),
    [
        ("vrayukmmo.cn", True),
        ("www.vrayukmmo.cn", True),
        ("vrayukmmo.com", False),
        ("heron.cn", False),
        ("vray.cn", False),
        ("vrayukmmo1.cn", False),
    ],
)
def test_a_name_that_only_just_can_be_said_is_odd_where_names_are_sold_in_bulk(
    host: str, odd: bool, small: Rulebook
) -> None:
    assert (odd_label(host_link(host), small) is not None) is odd


@pytest.mark.parametrize(
    ("host", "random"),
    [
        ("qzixmxlfwyrejcx.heron.com", True),
        ("www.qzixmxlfwyrejcx.heron.com", True),
        ("kingfisher.heron.com", False),
        ("qzixmxl.heron.com", False),
        ("qzixmxlfwyrejcx.com", False),
        ("heron.qzixmxlfwyrejcx.weebly.com", False),
        ("192.0.2.1", False),
    ],
)
def test_a_host_that_was_made_for_one_mail(host: str, random: bool, small: Rulebook) -> None:
    """On a platform, names are made by its machines: they say nothing."""
    assert (random_above(host_link(host), small) is not None) is random


def test_many_labels_are_counted(small: Rulebook) -> None:
    assert many_labels(host_link("a.b.c.d.heron.com"), small) is not None
    assert many_labels(host_link("a.b.c.heron.com"), small) is None


GERMAN = frozenset({"latin"})


@pytest.mark.parametrize(
    ("host", "scripts"),
    [
        ("heron48.com", {"latin"}),
        ("grüße.de", {"latin"}),
        ("例え-テスト.jp", {"han", "hiragana", "katakana", "latin"}),
        ("цапля.рф", {"cyrillic"}),
        ("サーバー々.jp", {"katakana", "han", "latin"}),
    ],
)
def test_scripts_are_known_by_their_unicode_names(host: str, scripts: set[str]) -> None:
    assert scripts_in(host) == scripts


@pytest.mark.parametrize(
    ("host", "to_japanese", "to_germans"),
    [
        ("heron.com", False, False),
        ("grüße.de", False, False),
        ("サギ.jp", False, True),
        ("鷺.jp", False, True),
        ("цапля.com", True, True),
        ("왜가리.com", True, True),
        ("heron.рф", True, True),
    ],
)
def test_a_name_that_the_household_cannot_read_is_a_sign(
    host: str, to_japanese: bool, to_germans: bool
) -> None:
    link = parse_link(host)
    assert (foreign_script(link, READABLE) is not None) is to_japanese
    assert (foreign_script(link, GERMAN) is not None) is to_germans


def test_other_letters_than_latin_are_a_sign_beside_another(shipped: LookalikeIndex) -> None:
    assert other_letters("鷺の店") is not None
    assert other_letters("grüße") is None
    assert other_letters("heron") is None
    assert find_lookalikes(parse_link("鷺の店.com"), shipped) == ()
    found = find_lookalikes(parse_link("鷺の店.cn"), shipped)
    assert [item.circumstance for item in found] == [Circumstance.WATCHED_SUFFIX, Circumstance.OTHER_LETTERS]


def test_a_foreign_script_is_named() -> None:
    sign = foreign_script(parse_link("цапля鷺.com"), GERMAN)
    assert sign is not None
    assert sign.detail == "'цапля鷺.com' holds letters of a script not read here: Cyrillic and Han."


def test_labels() -> None:
    assert random_label("xqzvkwpj") is not None
    assert random_label("xqz") is None
    assert random_label("heron") is None
    assert random_label("日本語学校") is None, "letters that nobody counted are not random"
    assert digits("heron48213") is not None
    assert digits("heron482") is None
    assert is_machine_made("heron4821")
    assert not is_machine_made("heron")
