"""The catalogue of the pages: a person never meets a sentence in a language that they do not read, or half of one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from sekisho.findings.catalogue import TRANSLATIONS as FINDINGS
from sekisho.findings.catalogue import read_messages
from sekisho.portal import translation
from sekisho.portal.language import LANGUAGES
from sekisho.portal.render import TEMPLATES
from sekisho.portal.translation import TRANSLATIONS, furigana, phrased, without_furigana, words_of

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
OTHERS = [language for language in LANGUAGES if language != "en"]


def messages_in_use() -> Iterator[str]:
    found = extract_from_dir(
        TEMPLATES.parent,
        method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2")],
        options_map={
            "**/templates/**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
        },
        keywords={"_": None, "gettext": None, "later": None},
    )
    return (message for _, _, message, _, _ in found if isinstance(message, str))


def entries(language: str) -> dict[str, str]:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id}


IN_USE = set(messages_in_use())


def test_extraction_sees_the_templates() -> None:
    assert "Go back" in IN_USE
    assert "0 (zero)" in IN_USE
    assert len(IN_USE) > 100


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_and_none_is_left_over(language: str) -> None:
    translated = {message for message, text in entries(language).items() if text} | set(
        read_messages(FINDINGS, language)
    )
    assert sorted(IN_USE - translated) == []
    assert sorted(set(entries(language)) - IN_USE) == []
    assert sorted(set(entries(language)) & set(read_messages(FINDINGS, language))) == [], "told twice"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_keeps_every_host_and_name(language: str) -> None:
    for message, text in entries(language).items():
        assert sorted(_PLACEHOLDER.findall(message)) == sorted(_PLACEHOLDER.findall(text)), message


@pytest.mark.parametrize("language", OTHERS)
def test_no_stray_percent_or_furigana_sign(language: str) -> None:
    for message, text in words_of(language).items():
        assert "%" not in _PLACEHOLDER.sub("", text), message
        assert not re.search("[｜《》]", text), message


def test_every_entry_of_the_language_list_has_a_catalogue_and_no_catalogue_is_forgotten() -> None:
    assert sorted(path.name for path in TRANSLATIONS.iterdir()) == sorted(OTHERS)


def test_furigana_become_ruby_and_nothing_else_becomes_markup() -> None:
    html = furigana("<b>｜偽物《にせもの》</b> & 本物")
    assert html == ("&lt;b&gt;<ruby>偽物<rp>（</rp><rt>にせもの</rt><rp>）</rp></ruby>&lt;/b&gt; &amp; 本物")
    assert without_furigana(html) == "&lt;b&gt;偽物&lt;/b&gt; &amp; 本物"


def test_a_language_without_a_catalogue_is_an_error_at_start() -> None:
    with pytest.raises(FileNotFoundError):
        words_of("xx")


def test_a_broken_catalogue_is_an_error_at_start_that_names_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "zz" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "a"\nnonsense\n', "utf-8")
    monkeypatch.setattr(translation, "TRANSLATIONS", tmp_path)
    with pytest.raises(ValueError, match=r"messages\.po:2: .*nonsense"):
        words_of("zz")


def test_japanese_lines_end_between_phrases_and_never_inside_a_word_a_reading_or_a_value() -> None:
    words = words_of("ja")
    assert words["checks links before they open."] == "リンクを<wbr>開く<wbr>前に、<wbr>確かめます。"
    assert words["This looks like a fake %(brand)s site."] == (
        "%(brand)s\u2060の<wbr><ruby>偽<rp>（</rp><rt>にせ</rt><rp>）</rp></ruby>サイトのようです。"
    )
    for message, html in words.items():
        assert not re.search(r"<ruby>(?:(?!</ruby>).)*<wbr>|%\([^)]*<wbr>|^<wbr>|<wbr>$|\u200b", html), (
            message
        )
        phrases = [re.sub(r"<rt>.*?</rt>|<[^>]*>|[ -~]", "", phrase) for phrase in html.split("<wbr>")]
        assert max(map(len, phrases)) <= 19, message


@pytest.mark.parametrize(
    ("message", "html"),
    [
        ("この画面は、閉じてかまいません。", "この画面は、<wbr>閉じて<wbr>かまいません。"),
        ("別のサイトです。", "別のサイトです。"),
        ("ダウンロードしないでください。", "ダウンロードしないで<wbr>ください。"),
        ("今は、確かめることができません。", "今は、<wbr>確かめる<wbr>ことが<wbr>できません。"),
        (
            "%(name)s\u2060の｜偽《にせ》サイト",
            "%(name)s\u2060の<wbr><ruby>偽<rp>（</rp><rt>にせ</rt><rp>）</rp></ruby>サイト",
        ),
    ],
)
def test_no_line_ends_behind_a_word_that_belongs_to_the_next_and_long_phrases_may_end_before_their_verb(
    message: str, html: str
) -> None:
    assert furigana(translation._phrases(message)) == html


def test_titles_and_labels_are_in_one_piece() -> None:
    assert without_furigana("リンクを<wbr>開く") == "リンクを開く"


@pytest.mark.parametrize(
    ("text", "language", "html"),
    [
        ("お住まいの都道府県の警察", "ja", "お住まいの<wbr>都道府県の<wbr>警察"),
        ("<b>さくら餅</b>\u200b & お茶", "ja", "&lt;<wbr>b&gt;さくら餅&lt;/b&gt; &amp; <wbr>お茶"),
        ("｜偽《にせ》%(x)s", "ja", "｜偽《に<wbr>せ》%<wbr>(x)s"),
        ("お住まいの都道府県の警察", "en", "お住まいの都道府県の警察"),
        ("Police advice line", "ja", "Police advice line"),
    ],
)
def test_what_people_write_is_broken_between_phrases_and_never_read_as_markup(
    text: str, language: str, html: str
) -> None:
    assert phrased(text, language) == html
