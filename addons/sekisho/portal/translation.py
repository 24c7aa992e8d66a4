"""Translations: gettext catalogues as HTML, made once at start; English is what stands in the templates.

The sentences about findings have a catalogue of their own (`sekisho.findings.catalogue`, which says how one is
read); here it is joined with that of the pages.

Furigana are written as Japanese books without HTML write them: ``｜偽物《にせもの》`` (Aozora Bunko's
notation). They become ``<ruby>`` here, so that a translator never touches markup. Japanese is written without
spaces, and a line that ends inside a word is hard to read: BudouX finds the phrases, once for each message
at start, and ``<wbr>`` stands between them (the style forbids all other breaks).
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import budoux
from markupsafe import Markup, escape

from sekisho.findings.catalogue import FURIGANA, read_messages
from sekisho.findings.catalogue import TRANSLATIONS as FINDINGS

TRANSLATIONS = Path(__file__).parent / "translations"

_RUBY = r"<ruby>\1<rp>（</rp><rt>\2</rt><rp>）</rp></ruby>"
_RUBY_MARKUP = re.compile(r"<rp>.*?</rp>|<rt>.*?</rt>|</?ruby>|<wbr>|\u2060")
_UNIT = re.compile(r"｜(?P<base>[^《》｜]+)《[^《》｜]+》|(?P<value>%\(\w+\)s\u2060?)|.", re.DOTALL)
_BREAK = "\u200b"
_BELONGS_TO_NEXT = frozenset({"この", "その", "あの", "どの", "別の", "次の", "家の", "何も", "まだ", "もう"})
_LONG = 9
"""Characters of a phrase that may itself be broken, since a line of large letters on a phone holds few more."""
_LAST_VERB = re.compile(
    "(?<=.{3})(?=ください|しています|しました|ありません|ありました|できません|できました|ことが|ことは|かまいません|なくて)"
)
_SOME_NAME = "名"
"""Stands for whatever a message is filled with, when its phrases are looked for."""


@lru_cache
def words_of(language: str) -> Mapping[str, str]:
    """English message → HTML in that language. Empty for English, whose messages are its words.

    Raises FileNotFoundError where the language has no catalogue, ValueError where it cannot be read.
    """
    texts = read_messages(TRANSLATIONS, language) | read_messages(FINDINGS, language)
    in_phrases = _phrases if language == "ja" else str
    return {message: furigana(in_phrases(text)) for message, text in texts.items()}


def furigana(text: str) -> str:
    """HTML of a message: everything escaped, furigana as ``<ruby>``, places to break as ``<wbr>``."""
    return FURIGANA.sub(_RUBY, str(escape(text))).replace(_BREAK, "<wbr>")


@lru_cache(maxsize=500)
def phrased(text: str, language: str) -> Markup:
    """A text that is of no catalogue, such as a desk's name, escaped and with places to break where it is Japanese."""
    if language == "ja" and not text.isascii():
        text = text.replace(_BREAK, "")
        ends = _ends(_japanese().parse(text))
        text = "".join(_BREAK * (at in ends) + letter for at, letter in enumerate(text))
    return Markup(str(escape(text)).replace(_BREAK, "<wbr>"))  # noqa: S704 - escaped


def _phrases(text: str) -> str:
    """A Japanese message with a sign at each place where a line may end; never in furigana or a placeholder."""
    units = [
        (unit[0], unit["base"] or (_SOME_NAME if unit["value"] else unit[0])) for unit in _UNIT.finditer(text)
    ]
    ends = _ends(_japanese().parse("".join(spoken for _, spoken in units)))
    parts = []
    at = 0
    for written, spoken in units:
        parts.append(written)
        at += len(spoken)
        if at in ends:
            parts.append(_BREAK)
    return "".join(parts).removesuffix(_BREAK)


def _ends(phrases: Iterable[str]) -> set[int]:
    """Where a line may end, in characters from the start, given the phrases that BudouX finds."""
    ends = set()
    at = 0
    for phrase in phrases:
        if len(phrase) > _LONG:
            ends |= {at + found.start() for found in _LAST_VERB.finditer(phrase)}
        at += len(phrase)
        if phrase not in _BELONGS_TO_NEXT:
            ends.add(at)
    return ends


@lru_cache
def _japanese() -> budoux.Parser:
    return budoux.load_default_japanese_parser()


def without_furigana(html: str) -> Markup:
    """The same HTML with its base text only and in one line, for titles and labels, which hold no markup."""
    return Markup(_RUBY_MARKUP.sub("", html))  # noqa: S704 - only ever removes markup
