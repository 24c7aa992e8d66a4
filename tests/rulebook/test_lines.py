"""familiar.txt, ordinary.txt and confusables.txt: a line that cannot match anything is told, not swallowed."""

import pytest

from sekisho.rulebook.lines import parse_confusables, parse_familiar, parse_ordinary


def test_familiar_of_the_plain_form() -> None:
    domains, problems = parse_familiar(
        "# head\n\nexample.com\nexample.se\ncity.kawasaki.jp\n", "rules/familiar.txt"
    )
    assert not problems
    assert domains == {"example.com", "example.se", "city.kawasaki.jp"}


def test_familiar_with_comments_and_foreign_line_ends() -> None:
    text = "# head\nexample.com\n\nexample.co.jp  # a shop\r\ncity.kawasaki.jp\nxn--r8jz45g.jp\n"
    domains, problems = parse_familiar(text, "rules/familiar.txt")
    assert not problems
    assert domains == {"example.com", "example.co.jp", "city.kawasaki.jp", "xn--r8jz45g.jp"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("www.example.com", "'www.example.com' is a host below 'example.com'; write the registrable domain"),
        ("Example.com", "domain 'Example.com' is not canonical; write 'example.com'"),
        ("com", "domain 'com' is a public suffix"),
        ("co.jp", "domain 'co.jp' is a public suffix"),
        ("co.jp  # Japan", "domain 'co.jp' is a public suffix"),
        ("user.github.io", "'user.github.io' is on the platform github.io"),
        ("192.0.2.1", "domain '192.0.2.1' is an address"),
        ("example.com example.org", "is not canonical"),
        ("example.net", "'example.net' is here twice; remove one"),
        ("printer.invalidsuffix", "ends in no known public suffix"),
    ],
)
def test_familiar_with_a_mistake(line: str, problem: str) -> None:
    _, problems = parse_familiar(f"example.net\n{line}\n", "rules/familiar.txt")
    assert len(problems) == 1
    assert problems[0].startswith("rules/familiar.txt:2: ")
    assert problem in problems[0]


@pytest.mark.slow
def test_a_foreign_file_does_not_flood_the_log() -> None:
    _, problems = parse_familiar("no domain here\n" * 100_000, "rules/familiar.txt")
    assert len(problems) == 20


def test_confusables() -> None:
    text = "# head\n0430 ; a  # CYRILLIC SMALL LETTER A\n00e6;ae\n1F150 ; a\n"
    confusables, problems = parse_confusables(text, "rules/confusables.txt")
    assert not problems
    assert confusables == {"а": "a", "æ": "ae", "\U0001f150": "a"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("а ; a", "write a code point, ';' and letters, as '0430 ; a'"),
        ("0061 ; a", "0061 is 'a' itself, so the line does nothing; remove it"),
        ("0431 : b", "write a code point"),
        ("0431 ; B", "write a code point"),
        ("0431 ;", "write a code point"),
        ("D800 ; a", "write a code point"),
        ("110000 ; a", "write a code point"),
        ("0430 ; o", "0430 is here twice"),
    ],
)
def test_confusables_with_a_mistake(line: str, problem: str) -> None:
    _, problems = parse_confusables(f"0430 ; a\n{line}\n", "rules/confusables.txt")
    assert len(problems) == 1
    assert problems[0].startswith("rules/confusables.txt:2: ")
    assert problem in problems[0]


def test_ordinary_words() -> None:
    words, problems = parse_ordinary("# head\nsaloon\njapan  # a country\n\n", "rules/ordinary.txt")
    assert words == {"saloon", "japan"}
    assert not problems


@pytest.mark.parametrize("line", ["Saloon", "two words", "four", "sal00n", "銀行業務所"])
def test_a_word_that_no_host_would_match_is_told(line: str) -> None:
    _, problems = parse_ordinary(f"japan\n{line}\njapan\n", "rules/ordinary.txt")
    assert problems[0].startswith(f"rules/ordinary.txt:2: {line!r}: write one word")
    assert problems[1] == "rules/ordinary.txt:3: 'japan' is here twice; remove one"
