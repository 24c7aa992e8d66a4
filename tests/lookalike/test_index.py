from dataclasses import replace

import ahocorasick
import pytest

from sekisho.lookalike import LookalikeIndex, build_index
from sekisho.lookalike.index import Kind, bucket_keys, deletions
from sekisho.rulebook.model import Rulebook
from tests.lookalike.conftest import brand


def test_every_name_is_in_the_automaton(index: LookalikeIndex, small: Rulebook) -> None:
    found = {name.text for names in index.automaton.values() for name in names}
    for one in small.brands.values():
        assert set(filter(str.isascii, one.tokens)) <= found
        assert {domain.replace(".", "") for domain in one.domains} <= found


def test_a_common_name_is_a_weak_one_that_says_so() -> None:
    one = replace(brand("otter", "otter", weak=("kawa",)), common_tokens=("mori",))
    names = build_index(Rulebook(brands={"otter": one})).names
    assert [(names[text].kind, names[text].common) for text in ("otter", "kawa", "morl")] == [
        (Kind.TOKEN, False),
        (Kind.WEAK, False),
        (Kind.WEAK, True),
    ]


def test_names_in_other_letters_have_an_automaton_of_their_own(index: LookalikeIndex) -> None:
    found = {name.text: name.kind for names in index.native.values() for name in names}
    assert found["川獺銀行"] is found["カワウソ"] is Kind.TOKEN
    assert found["黒鷺"] is found["ムジナ"] is Kind.WEAK
    assert found["確認"] is Kind.RISK


def test_a_name_in_other_letters_that_sisters_share_stays_strong() -> None:
    brands = {"a": brand("a", "a", weak=("川獺",)), "b": brand("b", "川獺")}
    [[name]] = list(build_index(Rulebook(brands=brands)).native.values())
    assert (name.kind, name.brand) == (Kind.TOKEN, "b")


def test_an_index_of_nothing_can_be_asked() -> None:
    """A family that empties brands.toml gets no lookalikes, not a traceback."""
    empty = build_index(Rulebook())
    assert empty.automaton is None
    assert empty.names == {}


def test_a_word_is_never_a_strong_name() -> None:
    book = Rulebook(brands={"login": brand("login", "login")}, risk_words=frozenset({"login"}))
    assert build_index(book).names["logln"].kind is Kind.RISK


def test_a_name_that_sisters_share_stays_strong() -> None:
    brands = {"a": brand("a", "kawauso"), "b": brand("b", "kawausoplus", weak=("kawauso",))}
    name = build_index(Rulebook(brands=brands)).names["kawauso"]
    assert (name.kind, name.brand) == (Kind.TOKEN, "a")


def test_home_is_japan_unless_told_otherwise() -> None:
    brands = {"otter": brand("otter", "fischotter", region="de")}
    assert not build_index(Rulebook(brands=brands)).names["flschotter"].local
    assert build_index(Rulebook(brands=brands), frozenset({"de"})).names["flschotter"].local


def test_a_known_word_at_either_end_is_told_from_the_name_itself(index: LookalikeIndex) -> None:
    assert index.names["kawausocard"].tail == "card"
    assert index.names["kawauso"].tail == ""


def test_deletions_keep_the_first_letter() -> None:
    assert deletions("otter") == ["oter", "oter", "ottr", "otte"]


@pytest.mark.parametrize(
    ("name", "keys"),
    [("rakuten", ["rk", "rt"]), ("raukutean", ["rk", "rt"]), ("mercari", ["mr", "mc"]), ("aeiou", [])],
)
def test_scrambling_vowels_keeps_the_bucket(name: str, keys: list[str]) -> None:
    assert bucket_keys(name) == keys


def test_the_automaton_is_the_librarys(index: LookalikeIndex) -> None:
    assert isinstance(index.automaton, ahocorasick.Automaton)
