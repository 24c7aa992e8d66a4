"""The household's own words: which countries' brands it deals with, and which scripts it reads.

A family in Japan is warned of names like those of Japanese banks more readily than of other countries', and
warned to be careful with a name in Cyrillic letters; for a family in Germany it is another way round. Pure.
"""

from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import BeforeValidator, field_validator
from pydantic_settings import NoDecode

from sekisho.settings.values import Section, several, text_of

# ISO 3166-1 alpha-2, as assigned in 2024.
_REGIONS = """
ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz
ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et fi fj fk fm fo
fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je
jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo
mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw
py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm
tn to tr tt tv tw tz ua ug um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_MEANT = {"uk": "for Britain write gb", "en": "for Britain write gb", "ja": "for Japan write jp"}
_MEANT["world"] = "the brands of the whole world count without being named"

SCRIPTS = (
    *("arabic", "armenian", "bengali", "bopomofo", "cyrillic", "devanagari", "ethiopic", "georgian"),
    *("greek", "gujarati", "gurmukhi", "han", "hangul", "hebrew", "hiragana", "kannada", "katakana"),
    *("khmer", "lao", "latin", "malayalam", "myanmar", "oriya", "sinhala", "tamil", "telugu", "thaana"),
    *("thai", "tibetan"),
)
"""Scripts in everyday use (Unicode UAX #31, table 5): the ones of which names are made."""
_WRITING = {
    "japanese": ("han", "hiragana", "katakana"),
    "chinese": ("han", "bopomofo"),
    "korean": ("hangul", "han"),
}
"""What a language is written with, where that is more than one script."""


def parse_region(text: str) -> str:
    """``jp`` of ``jp`` or ``JP``. Raises ValueError with the remedy."""
    code = text.strip().lower()
    if code not in _REGIONS.split():
        meant = f"; {_MEANT[code]}" if code in _MEANT else ""
        raise ValueError(f"write a country as the two letters of ISO 3166, as jp or de{meant}")
    return code


def parse_script(text: str) -> str:
    """A name of `SCRIPTS`, or of a language that is written with several. Raises ValueError with the remedy."""
    name = text.strip().lower()
    if name not in SCRIPTS and name not in _WRITING:
        known = ", ".join((*_WRITING, *SCRIPTS))
        raise ValueError(f"there is no such script; write one of {known}")
    return name


def scripts_of(names: Iterable[str]) -> frozenset[str]:
    """Scripts only: each language as what it is written with."""
    return frozenset(script for name in names for script in _WRITING.get(name, (name,)))


def _each(parse: Callable[[str], str]) -> BeforeValidator:
    return BeforeValidator(lambda value: parse(text_of(value)))


Regions = Annotated[tuple[Annotated[str, _each(parse_region)], ...], NoDecode, BeforeValidator(several)]
Scripts = Annotated[tuple[Annotated[str, _each(parse_script)], ...], NoDecode, BeforeValidator(several)]


class HouseholdSettings(Section):
    """The table ``[household]``: who lives here."""

    regions: Regions = ("jp",)
    """Countries whose brands the household deals with; the brands of the whole world count beside them."""
    scripts: Scripts = ("latin", "japanese")
    """What the household reads: scripts, or languages that are written with several."""

    @field_validator("scripts")
    @classmethod
    def _check_scripts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError('it is empty; name what the household reads, as ["latin", "japanese"]')
        return value

    @property
    def home(self) -> frozenset[str]:
        """The regions, for `build_index`."""
        return frozenset(self.regions)

    @property
    def readable(self) -> frozenset[str]:
        """The scripts by their Unicode names in lower case, for `build_index`: ``han``, ``hiragana``."""
        return scripts_of(self.scripts)
