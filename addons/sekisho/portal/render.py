"""Rendering: templates, translations and the one style, loaded at start, joined into a page.

Everything is read and compiled when this module is imported. A missing template or catalogue then
stops the program before it serves anybody, instead of failing the click that needed a warning.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from sekisho.link import host_link
from sekisho.portal.finding import local_time
from sekisho.portal.language import LANGUAGES
from sekisho.portal.translation import phrased, without_furigana, words_of
from sekisho.visible import visible, visible_words

TEMPLATES = Path(__file__).parent / "templates"


def _read_style() -> str:
    """The style sheet without its comments and indentation: it travels inside each page."""
    kept = []
    in_comment = False
    for line in (TEMPLATES / "style.css").read_text("utf-8").splitlines():
        line = line.strip()
        in_comment = in_comment or line.startswith("/*")
        if line and not in_comment:
            kept.append(line)
        in_comment = in_comment and not line.endswith("*/")
    return "\n".join(kept)


@pass_context
def _gettext(context: Context, message: str) -> str:
    translated: str = context["words"].get(message, message)
    return translated


@pass_context
def _called(context: Context, name: str) -> str | Markup:
    """The translation of a name where the catalogue has one, else the name itself, which is anybody's text.

    Not gettext: what gettext returns counts as our own HTML, and is a format.
    """
    return Markup(context["words"][name]) if name in context["words"] else name  # noqa: S704 - of the catalogue


@pass_context
def _phrased(context: Context, text: str) -> Markup:
    """The text with places to break, for what is written in rules or by the family."""
    return phrased(text, context["language"])


@pass_context
def _local_time(context: Context, at: float) -> str:
    """A time as the reader writes it."""
    return local_time(at, context["language"])


def _host_name(host: str) -> str:
    """A host as a person reads it, safe to show."""
    return visible(host_link(host).unicode)


_FILTERS: Mapping[str, Callable[..., str]] = {
    "called": _called,
    "host_name": _host_name,
    "local_time": _local_time,
    "phrased": _phrased,
    "visible": visible,
    "visible_words": visible_words,
    "thousands": "{:,}".format,
    "without_furigana": without_furigana,
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, lambda one, many, n: one if n == 1 else many, newstyle=True
    )
    environment.filters.update(_FILTERS)
    return environment


STYLE = Markup(_read_style())  # noqa: S704 - our own file
STYLE_SOURCE = f"'sha256-{b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
"""The style as a Content-Security-Policy names it."""

_ENVIRONMENT = _environment()
_WORDS = {language: words_of(language) for language in LANGUAGES}
_PAGES = {name: _ENVIRONMENT.get_template(name) for name in _ENVIRONMENT.list_templates(extensions=["html"])}


def render(template: str, language: str, **values: Any) -> str:
    """The page as HTML. Raises KeyError for an unknown template or language."""
    return _PAGES[template].render(words=_WORDS[language], language=language, style=STYLE, **values)
