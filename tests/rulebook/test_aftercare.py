"""aftercare.toml: whoever typed something must find somebody, and a wrong number must not get in unseen."""

import pytest

from sekisho.rulebook import rules_folder
from sekisho.rulebook.aftercare import WORLD, Harm, parse_aftercare

TEXT = (rules_folder() / "aftercare.toml").read_text("utf-8")
RULES, PROBLEMS = parse_aftercare(TEXT, "rules/aftercare.toml")


@pytest.mark.parametrize("regions", [("jp",), ("de",), ()])
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("harm", list(Harm))
def test_everybody_finds_a_desk(harm: Harm, language: str, regions: tuple[str, ...]) -> None:
    assert PROBLEMS == []
    assert RULES.desks(harm, regions, language)


def test_japan_has_the_desks_that_its_people_are_told_of() -> None:
    phones = {desk.phone for harm in Harm for desk in RULES.desks(harm, ("jp",), "en")}
    assert {"110", "#9110", "188"} <= phones
    hosts = {desk.url.split("/")[2] for desk in RULES.countries["jp"] if desk.url}
    assert {"www.npa.go.jp", "www.antiphishing.jp", "www.jc3.or.jp"} <= hosts
    assert [desk.phone for desk in RULES.desks(Harm.SUPPORT, ("jp",), "ja")][:2] == ["110", "#9110"]


@pytest.mark.parametrize(
    ("regions", "language", "country"),
    [
        (("jp",), "en", "jp"),
        (("de", "jp"), "en", "jp"),
        ((), "ja", "jp"),
        (("de",), "ja", "jp"),
        (("de",), "en", WORLD),
        ((), "en", WORLD),
    ],
)
def test_the_household_s_country_comes_before_its_language(
    regions: tuple[str, ...], language: str, country: str
) -> None:
    wanted = tuple(desk for desk in RULES.countries[country] if Harm.CARD in desk.harms)
    assert RULES.desks(Harm.CARD, regions, language) == wanted


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('phone = "#9110"', 'phone = "call us"', "jp.police-advice: phone 'call us': write digits"),
        ('phone = "188"\n', "", "jp.consumer: neither phone nor url"),
        ("https://www.jc3.or.jp/", "http://www.jc3.or.jp/", "jp.jc3: url 'http://www.jc3.or.jp/': write"),
        ("https://econsumer.gov/", "https://econsumer/", "world.econsumer: url 'https://econsumer/': write"),
        ('name_ja = "消費者ホットライン"\n', "", "jp.consumer: name_ja must be a text"),
        ('"clicked", "bank", "support"', '"click"', "jp.jc3: for holds 'click'; write some of clicked"),
        ("[world.apwg]", "[earth.apwg]", "earth: 'earth' is no country"),
        ("[jp.jc3]\nname =", "[jp.jc3]\nnmae =", "jp.jc3: unknown key 'nmae'"),
        ('for = ["bank", "support"]', 'for = "bank"', "jp.police-now: for must be a list"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    _, problems = parse_aftercare(TEXT.replace(old, new, 1), "rules/aftercare.toml")
    assert any(problem in found and found.startswith("rules/aftercare.toml:") for found in problems), problems


def test_a_country_that_helps_only_some_is_told() -> None:
    _, problems = parse_aftercare(TEXT.split("[world.europol]")[0], "rules/aftercare.toml")
    assert len(problems) == len(Harm)
    assert all("world has no desk for" in problem for problem in problems)
