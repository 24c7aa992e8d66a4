"""Who asks why must see all that was tried, and nothing that did not happen."""

import io
import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from sekisho.cli.household import read_household
from sekisho.cli.why import Why, explain, print_why, why_objects, why_table
from sekisho.link import host_link, parse_link
from sekisho.lookalike.tricks import TRICKS
from sekisho.policy.checks import CHECKS, Policy
from sekisho.settings import Settings
from sekisho.verdict import Evidence, Level, Reason

STORY = "rec0very-supp0rt-micr0s0ft.org"


@pytest.fixture
def policy(small_rules: Path, tmp_path: Path) -> Policy:
    (tmp_path / "allowlist.txt").write_text("micr0s0ft.net\n")
    return read_household(Settings(rules=small_rules, state=tmp_path)).policy()


def why(policy: Policy, text: str) -> Why:
    return explain(policy, parse_link(text), 1.0)


def drawn(policy: Policy, text: str, width: int) -> list[str]:
    out = io.StringIO()
    table = why_table(why(policy, text), policy.rulebook, width)
    Console(file=out, width=width, highlight=False).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_every_check_and_every_trick_is_told_in_its_order(policy: Policy) -> None:
    sentence = why_objects(why(policy, STORY))
    names = [one["name"].replace("-", "_") for one in sentence if one["kind"] == "check"]
    assert names == [check.__name__ for check in CHECKS]
    names = [one["name"].replace("-", "_") for one in sentence if one["kind"] == "trick"]
    assert names == [trick.find.__name__ for trick in TRICKS]
    assert [one["kind"] for one in sentence] == sorted((one["kind"] for one in sentence), key=_ORDER.index)


_ORDER = ["check", "trick", "circumstance"]


def test_what_a_trick_found_is_told_with_brand_letters_and_strength(policy: Policy) -> None:
    sentence = {one["name"]: one for one in why_objects(why(policy, STORY))}
    assert sentence["lookalike"]["found"] is True
    assert sentence["disguised"] == {
        "kind": "trick",
        "name": "disguised",
        "found": True,
        "level": "warn",
        "detail": f"'micr0s0ft' imitates Microsoft, which does not own {STORY}.",
        "key": "leet",
        "alone": "warn",
        "supported": "warn",
        "beside": "some",
        "brand": "microsoft",
        "letters": "micr0s0ft",
        "fakes": [{"is": "0", "stands_for": "o"}] * 3,
    }
    assert sentence["embedding"]["found"] is False
    assert sentence["random-label"]["bound"] == 5.3
    assert 4 < sentence["random-label"]["value"] < 5.3


def test_a_check_that_was_not_asked_says_who_decided(policy: Policy) -> None:
    sentence = {one["name"]: one for one in why_objects(why(policy, "micr0s0ft.net"))}
    assert (sentence["family-lists"]["found"], sentence["family-lists"]["level"]) == (True, "pass")
    assert (sentence["unreadable"]["found"], sentence["unreadable"]["detail"]) == (False, "")
    assert sentence["lookalike"]["found"] is sentence["lookalike"]["level"] is None
    assert sentence["lookalike"]["detail"] == "not asked: family-lists decided"
    assert sentence["disguised"]["found"] is True, "what the rules would have found"
    lines = drawn(policy, "micr0s0ft.net", 128)
    assert any(line.split()[:4] == ["trick", "would", "be", "found"] for line in lines)


def test_on_an_official_host_no_trick_is_tried(policy: Policy) -> None:
    found = why(policy, "www.microsoft.com")
    assert found.untried == "microsoft.com belongs to Microsoft"
    assert {one["kind"] for one in why_objects(found)} == {"check"}
    assert "none was tried: microsoft.com belongs to Microsoft" in drawn(policy, "www.microsoft.com", 128)[-1]


@pytest.mark.parametrize("width", [60, 80, 128])
@pytest.mark.parametrize(
    "host", [STORY, "ログイン-аmazоn.top", "микrоsoft-例え.cn", "203.0.113.7:81", "xn--0.example"]
)
def test_wide_letters_keep_the_columns_in_line(policy: Policy, host: str, width: int) -> None:
    """A katakana letter takes two columns; a table that is cut or out of line cannot be read."""
    lines = drawn(policy, host, width)
    assert max(map(cell_len, lines)) <= width
    heads = [line for line in lines if line.endswith(" here")]
    assert heads
    column = {cell_len(line) - len("here") for line in heads}
    assert len(column) == 1
    levels = [line for line in lines if line.endswith((" warn", " caution", " pass"))]
    assert levels
    assert {cell_len(line[: line.rindex(" ") + 1]) for line in levels} == column


def test_a_hostile_host_cannot_steer_the_terminal(policy: Policy, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("micr0s0ft-\u202e\x1b[", "amaz\u043en\u202e-\x1b[2J"):
        evil = host_link(f"xn--{name.encode('punycode').decode()}.top")
        print_why(explain(policy, evil, 1.0), policy.rulebook)
        assert json.dumps(why_objects(explain(policy, evil, 1.0))).isascii()
    out = capsys.readouterr().out
    assert "micr" in out
    assert not set(out) & {"\x1b", "\u202e"}


def test_a_check_that_calls_for_caution_does_not_end_the_asking(policy: Policy) -> None:
    """Or VirusTotal's warning would be told as the lookalike's."""
    link = parse_link("https://microsoft-otters.com/")
    bad = Evidence(Reason.VIRUSTOTAL, Level.WARN, "virustotal", "3 engines")
    found = explain(policy, link, 1.0, "/", (bad,))
    said = {one.name: one for one in found.heard}
    assert said["lookalike"].verdict
    assert said["lookalike"].verdict.level is Level.CAUTION
    assert said["outside"].verdict
    assert (found.decided, said["household"].asked) == ("outside", False)
    assert explain(policy, link, 1.0).decided == "", "nobody decided"
