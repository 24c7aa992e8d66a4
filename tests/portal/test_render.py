"""Rendering: every colour can be read by weak eyes, and the browser accepts the one style that we send."""

import hashlib
import re
from base64 import b64encode

import pytest
from jinja2 import UndefinedError

from sekisho.portal.language import LANGUAGES
from sekisho.portal.render import STYLE, STYLE_SOURCE, TEMPLATES, render

PAIRS = [
    ("ink", "paper"),
    ("ink", "card"),
    ("soft", "paper"),
    ("soft", "card"),
    ("link", "card"),
    ("on-act", "act"),
    ("fake", "on-fake"),
    ("real", "real-band"),
    ("real", "card"),
]
SAFE = {"finding": None, "ticket": "", "choice": None}
SCHEMES = re.findall(r":root\{\n?(.*?)\}", str(STYLE), flags=re.DOTALL)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_there_are_colours_for_light_dark_and_paper() -> None:
    assert len(SCHEMES) == 3


@pytest.mark.parametrize("scheme", SCHEMES[:2], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_text_stands_out_seven_to_one(scheme: str, front: str, back: str) -> None:
    colours = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", scheme))
    assert contrast(colours[front], colours[back]) >= 7


def test_the_policy_names_exactly_the_style_that_is_sent() -> None:
    html = render("safe.html", "ja", **SAFE)
    [sent] = re.findall(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    assert f"'sha256-{b64encode(hashlib.sha256(sent.encode()).digest()).decode()}'" == STYLE_SOURCE
    assert "/*" not in sent


def test_no_template_carries_script_handlers_inline_style_or_outside_files() -> None:
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text("utf-8")
        forbidden = r"<script|<iframe|<img (?!src=.data:image/jpeg;base64,)|<link|\son\w+=|\sstyle=|javascript:|\|safe"
        assert not re.search(forbidden, text), template.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_its_language_and_has_a_title_and_one_heading(language: str) -> None:
    html = render("safe.html", language, **SAFE)
    assert html.startswith(f'<!doctype html>\n<html lang="{language}">')
    assert re.search(r"<title>[^<]+</title>", html)
    assert html.count("<h1>") == 1


def test_a_value_that_a_template_misses_is_an_error_and_not_an_empty_page() -> None:
    with pytest.raises(UndefinedError):
        render("warning.html", "ja")


@pytest.mark.parametrize(("template", "language"), [("none.html", "ja"), ("safe.html", "xx")])
def test_unknown_templates_and_languages_are_errors(template: str, language: str) -> None:
    with pytest.raises(KeyError):
        render(template, language)
