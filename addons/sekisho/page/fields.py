"""Fields: what is typed into a field of a page, recognised by its kind, its names and the words beside it. Pure."""

import re
import unicodedata
from collections.abc import Mapping

from sekisho.verdict import Secret

_ORDER = (
    Secret.SEED,
    Secret.MY_NUMBER,
    Secret.CARD,
    Secret.QUESTION,
    Secret.CODE,
    Secret.BANK,
    Secret.PASSWORD,
    Secret.IDENTITY,
    Secret.PERSONAL,
)
"""Which is meant where several words fit: "card PIN" is a card's, a "one-time password" is a code."""
UNTYPED = frozenset(
    (
        "hidden",
        "submit",
        "button",
        "image",
        "reset",
        "checkbox",
        "radio",
        "file",
        "search",
        "range",
        "color",
        "date",
    )
)
"""Kinds of input into which no secret is typed."""
_SEARCH = re.compile(
    r"search|\bq\b|query|keyword|検索|coupon|クーポン|newsletter|subscribe|メールマガジン|メルマガ"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APART = re.compile(r"[^\w]+|_")


class FieldWords:
    """The words of ``[fields]`` in rules/page.toml as one pattern for each secret."""

    def __init__(self, fields: Mapping[Secret, tuple[str, ...]]) -> None:
        self._by_secret = {secret: _pattern(fields[secret]) for secret in _ORDER if fields.get(secret)}
        self._patterns = tuple(self._by_secret.items())

    def of_a_question(self, options: str) -> Secret | None:
        """A list whose choices are security questions."""
        pattern = self._by_secret.get(Secret.QUESTION)
        return Secret.QUESTION if pattern and pattern.search(spaced(options)) else None

    def is_search(self, *words: str) -> bool:
        """Nothing but something to look for, or a newsletter, is typed there."""
        return any(_SEARCH.search(spaced(text)) for text in words if text)

    def secret_of(self, kind: str, *words: str) -> Secret | None:
        """What is typed into an input of this ``type``, or None where it is nothing that matters.

        words: name, id, autocomplete, placeholder and labels, the most telling first.
        """
        if kind in UNTYPED:
            return None
        texts = [spaced(text) for text in words if text]
        if kind != "password" and any(_SEARCH.search(text) for text in texts):
            return None
        for text in texts:
            for secret, pattern in self._patterns:
                if pattern.search(text) and not (
                    kind == "password" and secret in (Secret.IDENTITY, Secret.PERSONAL)
                ):
                    return secret
        if kind == "password":
            return Secret.PASSWORD
        return Secret.IDENTITY if kind in ("email", "tel") else None


def spaced(text: str) -> str:
    """A name as words in lower case: ``cardNumber``, ``card_number`` and ``card-number`` are one."""
    text = _CAMEL.sub(" ", text[:200])
    text = (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower()
    return _APART.sub(" ", text).strip()


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    letters = "|".join(re.escape(word) for word in longest_first if word.isascii())
    others = "|".join(re.escape(word) for word in longest_first if not word.isascii())
    parts = [rf"(?<![a-z])(?:{letters})(?![a-z])" if letters else "", others]
    return re.compile("|".join(part for part in parts if part))
