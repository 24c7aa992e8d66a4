"""The small tables: a misspelled key would switch a rule off without a word, so it is a problem."""

import pytest

from sekisho.rulebook.model import TrickStrength
from sekisho.rulebook.tables import parse_platforms, parse_suffixes, parse_tricks, parse_words
from sekisho.verdict import Level, Trick

TRICKS = "".join(f'[{trick.value}]\nalone = "warn"\n' for trick in Trick)


def test_words_of_all_languages_come_together() -> None:
    text = '[risk]\nenglish = ["login"]\njapanese = ["認証"]\n[plain]\nenglish = ["pineapple"]\n'
    words, problems = parse_words(text, "rules/words.toml")
    assert not problems
    assert words == (frozenset({"login", "認証"}), frozenset({"pineapple"}))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[risk]\nenglish = ["Login"]\n', ":2: risk: word 'Login': write it in lower case"),
        ('[risk]\nenglish = ["log in"]\n', ":2: risk: word 'log in': write it in lower case, without spaces"),
        (
            '[risk]\nenglish = ["login"]\nromaji = ["login"]\n',
            ":3: risk: word 'login' is under english already",
        ),
        (
            '[risk]\nenglish = ["login"]\n[plain]\nenglish = ["login"]\n',
            ":4: plain: word 'login' is a risk word too",
        ),
        ('[risky]\nenglish = ["login"]\n', ":1: risky: unknown table; words.toml has [risk] and [plain]"),
        ('[plain]\nenglish = ["pineapple"]\n', ":1: no risk words"),
        ("", ":1: no risk words"),
    ],
)
def test_words_with_a_mistake(text: str, problem: str) -> None:
    _, problems = parse_words(text, "rules/words.toml")
    assert len(problems) == 1
    assert problem in problems[0]


def test_suffixes() -> None:
    text = '[cheap]\ntop = "a dollar"\n"com.de" = "sold below"\n[watched]\nxyz = "often"\n[bulk]\ncc = "thousands"\n'
    suffixes, problems = parse_suffixes(text, "rules/suffixes.toml")
    assert not problems
    assert suffixes == {
        "cheap": {"top": "a dollar", "com.de": "sold below"},
        "watched": {"xyz": "often"},
        "bulk": {"cc": "thousands"},
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[cheap]\n".top" = "x"\n', ":2: cheap: '.top' is no public suffix"),
        ('[cheap]\n"amazon.com" = "x"\n', ":2: cheap: 'amazon.com' is no public suffix"),
        ('[cheap]\ntop = ""\n', ":2: cheap: top must be a text that is not empty"),
        ('[cheap]\ncom.de = "x"\n', ":1: cheap: 'com': put a suffix with a dot in quotes, as \"com.de\""),
        ('[dear]\ntop = "x"\n', ":1: dear: unknown table"),
        (
            '[cheap]\ntop = "x"\n[watched]\ntop = "y"\n',
            ":4: watched: 'top' stands in two tables; remove one",
        ),
    ],
)
def test_suffixes_with_a_mistake(text: str, problem: str) -> None:
    _, problems = parse_suffixes(text, "rules/suffixes.toml")
    assert len(problems) == 1
    assert problem in problems[0]


def test_platforms() -> None:
    text = '[hosting]\ndomains = ["weebly.com", "sites.google.com", "github.io"]\n[shortener]\ndomains = ["t.co"]\n'
    platforms, problems = parse_platforms(text, "rules/platforms.toml")
    assert not problems
    assert platforms == {
        "weebly.com": "hosting",
        "sites.google.com": "hosting",
        "github.io": "hosting",
        "t.co": "shortener",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[hosting]\ndomains = ["Weebly.com"]\n', ":2: hosting: platform 'Weebly.com' is not canonical"),
        ('[hosting]\ndomains = ["co.jp"]\n', ":2: hosting: platform 'co.jp' is a public suffix"),
        (
            '[a]\ndomains = ["t.co"]\n[b]\ndomains = ["t.co"]\n',
            ":4: b: 't.co' is under a already; remove one",
        ),
        ('[hosting]\ndomain = ["weebly.com"]\n', ":2: hosting: unknown key 'domain'"),
        ('[Hosting]\ndomains = ["weebly.com"]\n', ":1: Hosting: a kind is written in a-z and dashes"),
    ],
)
def test_platforms_with_a_mistake(text: str, problem: str) -> None:
    _, problems = parse_platforms(text, "rules/platforms.toml")
    assert len(problems) == 1
    assert problem in problems[0]


def test_tricks_without_a_second_strength_keep_the_first() -> None:
    text = TRICKS.replace('[typo]\nalone = "warn"\n', '[typo]\nalone = "caution"\nsupported = "warn"\n')
    tricks, problems = parse_tricks(text + '[odd-port]\nalone = "pass"\n', "rules/tricks.toml")
    assert not problems
    assert tricks["leet"] == TrickStrength(Level.WARN, Level.WARN)
    assert tricks["typo"] == TrickStrength(Level.CAUTION, Level.WARN)
    assert tricks["odd-port"] == TrickStrength(Level.PASS, Level.PASS)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '[leet]\nalone = "warn"',
            '[leet]\nalone = "warning"',
            ":4: leet: alone: 'warning' is no level; write pass",
        ),
        ('[leet]\nalone = "warn"', '[leet]\nsupported = "warn"', ":3: leet: alone: 'None' is no level"),
        ('[leet]\nalone = "warn"', "[leet]\nalone = 2", ":4: leet: alone: '2' is no level"),
        ("[leet]\n", '[leet]\nlone = "warn"\n', ":4: leet: unknown key 'lone'"),
        (
            "[leet]\n",
            '[leet]\nsupported = "pass"\n',
            ":4: leet: supported (pass) is weaker than alone (warn)",
        ),
        ("[leet]\n", "[Leet]\n", ":3: Leet: a trick is written in a-z and dashes"),
        ('[leet]\nalone = "warn"\n', "", ":1: no table [leet]"),
        (
            "[leet]\n",
            '[typo-wrld]\nalone = "warn"\n[leet]\n',
            ":3: typo-wrld: unknown trick; did you mean one of typo-world, ",
        ),
    ],
)
def test_tricks_with_a_mistake(old: str, new: str, problem: str) -> None:
    text = TRICKS.replace(old, new, 1)
    assert text != TRICKS
    _, problems = parse_tricks(text, "rules/tricks.toml")
    assert any(problem in found for found in problems), problems
