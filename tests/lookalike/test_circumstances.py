import pytest

from sekisho.link import host_link
from sekisho.lookalike.circumstances import (
    cheap_suffix,
    digits,
    ip_address,
    is_machine_made,
    many_labels,
    odd_label,
    odd_port,
    random_above,
    random_label,
)
from sekisho.rulebook.model import Rulebook


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
    assert plain.key == "cheap-plain"


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


def test_labels() -> None:
    assert random_label("xqzvkwpj") is not None
    assert random_label("xqz") is None
    assert random_label("heron") is None
    assert digits("heron48213") is not None
    assert digits("heron482") is None
    assert is_machine_made("heron4821")
    assert not is_machine_made("heron")
