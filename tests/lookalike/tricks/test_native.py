import pytest

from sekisho.lookalike import LookalikeIndex
from sekisho.lookalike.tricks.native import lure, mixed_script, native_name
from tests.lookalike.conftest import reading_of


@pytest.mark.parametrize(
    ("host", "there"),
    [
        ("川獺銀行.com", True),
        ("www.川獺銀行-heron.com", True),
        ("川獺銀行.みんな", True),
        ("川獺銀行の話.川.com", True),
        ("ムジナ.com", False),
        ("ムジナログイン.com", True),
        ("銀行.com", False),
    ],
)
def test_a_name_in_japanese(host: str, there: bool, index: LookalikeIndex) -> None:
    assert (native_name(reading_of(host, index), index) is not None) is there


def test_a_name_in_an_old_form_of_its_characters(index: LookalikeIndex) -> None:
    finding = native_name(reading_of("www.黑鷺-heron.com", index), index)
    assert finding is not None
    assert finding.span == (4, 6)


@pytest.mark.parametrize(
    ("host", "there"),
    [
        ("ログイン確認.com", True),
        ("ログインの確認.com", True),
        ("確認.ログイン.com", False),
        ("確認.com", False),
    ],
)
def test_the_language_of_an_alarm(host: str, there: bool, index: LookalikeIndex) -> None:
    assert (lure(reading_of(host, index), index) is not None) is there


def test_scripts_that_no_language_mixes(index: LookalikeIndex) -> None:
    assert mixed_script(reading_of("herоn.com", index), index) is not None
    assert mixed_script(reading_of("heron.com", index), index) is None
