"""A wallet's words are known in every language that wallets speak, and prose is not taken for them."""

from importlib.resources import files

import pytest

from sekisho.forms.seeds import holds_seed, one_word

LANGUAGES = ["english", "japanese", "spanish", "french", "korean"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_twelve_words_of_a_list(language: str) -> None:
    words = (files("mnemonic") / "wordlist" / f"{language}.txt").read_text("utf-8").split()[100:1300:100]
    assert len(words) == 12
    assert holds_seed(" ".join(words))
    assert holds_seed("My words: " + ", ".join(words).upper() + ".")
    assert not holds_seed(" ".join([*words[:6], "zzz", *words[6:]]))


def test_prose_is_no_phrase() -> None:
    assert not holds_seed(
        "we will meet at the garden near the river and then walk home with the children " * 20
    )


def test_one_word_is_one_word() -> None:
    assert one_word(" Abandon ") == "abandon"
    assert one_word("two words") == one_word("a1") == one_word("") == ""
