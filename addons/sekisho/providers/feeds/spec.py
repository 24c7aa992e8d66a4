"""FeedSpec: one published list of phishing, as a table of feeds.toml describes it.

What is unknown is a problem, not ignored, as in every rule file. A list that is on by default must be
free for every use: nobody who only installs this program may break somebody's terms. Pure.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sekisho.link import LinkError, is_loopback, parse_link
from sekisho.rulebook.toml_file import TomlFile

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = frozenset(("name", "url", "format", "licence", "terms", "hours", "on", "max_mb", "months", "varies"))
_TEXTS = ("name", "url", "format", "licence", "terms")
FREE_LICENCES = frozenset(
    (
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"),
        *("GPL-2.0-only", "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "MIT", "MPL-2.0", "ODbL-1.0"),
        *("ODC-By-1.0", "PDDL-1.0", "Unlicense"),
    )
)
"""SPDX identifiers of licences that allow every kind of use, a company's too."""


class Form(StrEnum):
    """How a list is written."""

    DOMAINS = "domains"
    """One host a line."""
    HOSTS = "hosts"
    """Lines of a hosts file: ``0.0.0.0 host``."""
    URLS = "urls"
    """One URL a line."""
    ADBLOCK = "adblock"
    """``||domain^``."""
    JSON = "json"
    """An object that holds a list of hosts or URLs under a key."""
    CSV = "csv"
    """A table whose first line names its columns; one of them holds hosts or URLs."""


@dataclass(frozen=True, slots=True)
class FeedSpec:
    """Where a list is, how it is read, and on what terms."""

    slug: str
    """Its name in settings and file names: ``openphish``."""
    name: str
    """Its name for people."""
    url: str
    """https, or http on this computer; with ``{year}`` and ``{month}`` where `months` is not 0."""
    form: Form
    field: str = ""
    """The key of a JSON list, the column of a table; else empty."""
    licence: str = ""
    """SPDX identifier, or ``none``."""
    terms: str = ""
    """What its maker says about use."""
    hours: int = 24
    """How often it is asked for."""
    on: bool = False
    """Used where the family says nothing."""
    max_mb: int = 32
    """No answer larger than this many MiB is read, packed or unpacked."""
    months: int = 0
    """How many monthly documents make up the list; 0 for a list that is one document."""
    varies: bool = False
    """Its length says nothing about its health."""

    def urls(self, now: float) -> tuple[str, ...]:
        """What to ask for at this time (seconds since 1970, UTC), the newest month first."""
        if not self.months:
            return (self.url,)
        today = datetime.datetime.fromtimestamp(now, datetime.UTC)
        months = [today.year * 12 + today.month - 1 - back for back in range(self.months)]
        return tuple(
            self.url.replace("{year}", f"{month // 12:04}").replace("{month}", f"{month % 12 + 1:02}")
            for month in months
        )

    @property
    def reading(self) -> str:
        """The form as feeds.toml writes it: ``json:deny``."""
        return f"{self.form.value}:{self.field}" if self.field else self.form.value


def parse_feeds(text: str, source: str, *, own: bool = False) -> tuple[dict[str, FeedSpec], list[str]]:
    """Slug → feed, in the file's order, and the problems of a feeds.toml.

    `own`: the file is the family's, who answer for its terms themselves: licence and terms may be left out,
    and a feed is on unless its table says otherwise.
    """
    file = TomlFile(text, source)
    specs: dict[str, FeedSpec] = {}
    for slug, table in file.tables():
        before = len(file.problems)
        spec = _feed(file, slug, table, own)
        if spec and len(file.problems) == before:
            specs[slug] = spec
    return specs, file.problems


def url_problem(url: str) -> str:
    """Why nothing may be downloaded from here; empty where it may."""
    try:
        link = parse_link(url)
    except LinkError as error:
        return str(error)
    if link.flaws or not re.match("https?://", url):
        return f"{url!r} is no web address; write one that begins with https://"
    if link.scheme != "https" and not is_loopback(link.host):
        return f"{url!r} is not encrypted, so anybody on the way could change the list; write https://"
    if "@" in url.partition("//")[2].partition("/")[0]:
        return "it holds a name or password; only public lists can be downloaded"
    return ""


def _feed(file: TomlFile, slug: str, table: Mapping[str, Any], own: bool) -> FeedSpec | None:
    if not _SLUG.fullmatch(slug) or len(slug) > 40:
        file.problem("write the table's name in a-z, 0-9 and single dashes, 40 characters at the most", slug)
        return None
    for key in table.keys() - _KEYS:
        file.problem(f"unknown key {key!r}; known: {', '.join(sorted(_KEYS))}", slug, key)
    defaults: Mapping[str, str] = {"name": slug, "licence": "none", "terms": "its own"} if own else {}
    texts = {key: file.string(slug, key, table.get(key, defaults.get(key))) for key in _TEXTS}
    form, field = _form(file, slug, texts["format"])
    months = _number(file, slug, "months", table.get("months", 0), 0, 24)
    spec = FeedSpec(
        slug,
        texts["name"],
        texts["url"],
        form,
        field,
        texts["licence"],
        texts["terms"],
        _number(file, slug, "hours", table.get("hours", 24), 1, 720),
        _switch(file, slug, "on", table.get("on", own)),
        _number(file, slug, "max_mb", table.get("max_mb", 32), 1, 256),
        months,
        _switch(file, slug, "varies", table.get("varies", False)),
    )
    _check_url(file, spec)
    if spec.on and not own and spec.licence not in FREE_LICENCES:
        message = (
            f"on by default, but the licence {spec.licence!r} is none that allows every use; write on = false"
        )
        file.problem(message, slug, "on")
    return spec


def _check_url(file: TomlFile, spec: FeedSpec) -> None:
    if not spec.url:
        return
    marks = set(re.findall(r"\{[^}]*\}?", spec.url))
    if spec.months and not {"{year}", "{month}"} <= marks:
        message = f"months = {spec.months}, but the url has no {{year}} and {{month}}; write both or leave months out"
        file.problem(message, spec.slug, "url")
    elif marks and (not spec.months or marks != {"{year}", "{month}"}):
        message = f"the url holds {', '.join(sorted(marks))}; known are {{year}} and {{month}}, together with months"
        file.problem(message, spec.slug, "url")
    elif problem := url_problem(spec.urls(0.0)[0]):
        file.problem(f"url: {problem}", spec.slug, "url")


def _form(file: TomlFile, slug: str, text: str) -> tuple[Form, str]:
    word, colon, field = text.partition(":")
    known = ", ".join(f"{f}:…" if f in (Form.JSON, Form.CSV) else f for f in Form)
    if word not in Form:
        if text:
            file.problem(f"format {text!r} is not known; write one of {known}", slug, "format")
        return Form.DOMAINS, ""
    form = Form(word)
    needs = form in (Form.JSON, Form.CSV)
    if needs != bool(field.strip()) or (colon and not needs):
        what = f"write {word}:NAME with the name of the {'key' if form is Form.JSON else 'column'}"
        file.problem(f"format {text!r}: {what if needs else f'write {word} alone'}", slug, "format")
    return form, field.strip()


def _number(file: TomlFile, slug: str, key: str, value: object, least: int, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    file.problem(f"{key} must be a whole number from {least} to {most}, not {value!r}", slug, key)
    return least


def _switch(file: TomlFile, slug: str, key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    file.problem(f"{key} must be true or false, not {value!r}", slug, key)
    return False
