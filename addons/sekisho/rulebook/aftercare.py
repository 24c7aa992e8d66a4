"""aftercare.toml: who helps after somebody typed something into a fake site, by country. Text in, values out. Pure.

A desk that is missing is a person who finds nobody, so every country must have one for each harm.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sekisho.link import parse_link
from sekisho.rulebook.toml_file import TomlFile

WORLD = "world"
"""The desks of every country that has none of its own."""
_KEYS = ("name", "name_ja", "about", "about_ja", "phone", "url", "for")
_COUNTRY = re.compile(r"[a-z]{2}|world")
_PHONE = re.compile(r"[#+]?[0-9]+(?:-[0-9]+)*")


class Harm(StrEnum):
    """What happened to somebody on a fake site."""

    CLICKED = "clicked"
    """Nothing was typed."""
    PASSWORD = "password"  # noqa: S105 - what was typed, not one
    CARD = "card"
    BANK = "bank"
    PERSONAL = "personal"
    """Name, address, telephone."""
    SUPPORT = "support"
    """Told to phone somebody, to install something or to buy cards."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody who helps."""

    name: str
    name_ja: str
    about: str
    about_ja: str
    phone: str
    """``#9110``; empty where there is none."""
    url: str
    """https; empty where there is none."""
    harms: frozenset[Harm]


@dataclass(frozen=True, slots=True)
class Aftercare:
    """rules/aftercare.toml."""

    countries: Mapping[str, tuple[Desk, ...]] = field(default_factory=dict)
    """Two letters or ``world`` → its desks, in the order in which they are shown."""

    def desks(self, harm: Harm, regions: Collection[str], language: str) -> tuple[Desk, ...]:
        """Those of the first of the household's `regions` that has any; else of the language's country; else all."""
        wanted = (*regions, "jp" if language == "ja" else WORLD, WORLD)
        country = next((region for region in wanted if region in self.countries), WORLD)
        return tuple(desk for desk in self.countries.get(country, ()) if harm in desk.harms)


def parse_aftercare(text: str, source: str) -> tuple[Aftercare, list[str]]:
    """The desks of aftercare.toml, and what is wrong with them."""
    file = TomlFile(text, source)
    countries: dict[str, tuple[Desk, ...]] = {}
    for country, table in file.tables():
        if not _COUNTRY.fullmatch(country):
            file.problem(
                f"{country!r} is no country; write two letters of ISO 3166, as jp, or world", country
            )
            continue
        desks = []
        for name, fields in table.items():
            if isinstance(fields, dict):
                desks.append(_desk(file, f"{country}.{name}", fields))
            else:
                file.problem(
                    f"{name!r} stands outside of a desk; put it below a [{country}.NAME]", country, name
                )
        countries[country] = tuple(desks)
    if not file.problems:
        for country in (WORLD, *countries):
            helped = {harm for desk in countries.get(country, ()) for harm in desk.harms}
            for harm in Harm:
                file.require(harm in helped, f"{country} has no desk for {harm.value!r}; add one", None)
    return Aftercare(countries), list(dict.fromkeys(file.problems))


def _desk(file: TomlFile, table: str, fields: Mapping[str, Any]) -> Desk:
    file.require_known(table, fields, _KEYS)
    sentence = {key: file.string(table, key, fields.get(key)) for key in _KEYS[:4]}
    reached = {key: file.string(table, key, fields[key]) if key in fields else "" for key in ("phone", "url")}
    file.require(
        {"phone", "url"} & fields.keys(),
        "neither phone nor url; write one, or nobody can reach this desk",
        table,
    )
    phone, url = reached.values()
    file.require(
        not phone or _PHONE.fullmatch(phone),
        f"phone {phone!r}: write digits, with - between them",
        table,
        "phone",
    )
    file.require(
        not url or _is_address(url), f"url {url!r}: write an address that begins with https://", table, "url"
    )
    harms = file.strings(table, "for", fields.get("for", []))
    for harm in harms:
        file.require(harm in Harm, f"for holds {harm!r}; write some of {', '.join(Harm)}", table, "for", harm)
    return Desk(**sentence, **reached, harms=frozenset(Harm(harm) for harm in harms if harm in Harm))


def _is_address(url: str) -> bool:
    try:
        link = parse_link(url)
    except ValueError:
        return False
    return url.startswith("https://") and not link.flaws and bool(link.suffix) and url.isascii()
