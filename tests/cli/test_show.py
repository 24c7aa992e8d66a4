from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from sekisho.cli.household import read_household
from sekisho.cli.show import answer_lines, print_answer
from sekisho.link import host_link
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.settings import Settings
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick, Verdict

MICROSOFT = Brand(
    "microsoft", "Microsoft", "マイクロソフト", "world", "software", ("microsoft",), (), ("microsoft.com",)
)
RULES = Rulebook(brands={"microsoft": MICROSOFT})
LINK = host_link("micr0s0ft.org")
FOUND = Evidence(
    Reason.LOOKALIKE,
    Level.WARN,
    "lookalike",
    "it imitates Microsoft",
    "microsoft",
    Trick.LEET,
    "microsoft.com",
    (Fake(4, 5, "o"), Fake(6, 7, "o")),
    (0, 9),
)


def shown(host: str, *evidence: Evidence, level: Level = Level.WARN) -> list[str]:
    verdict = Verdict(level, evidence)
    return [line.plain.rstrip() for line in answer_lines(host_link(host), verdict, RULES)]


def test_carets_stand_under_the_fake_letters() -> None:
    lines = shown("micr0s0ft.org", FOUND)
    assert lines[0] == "warn     micr0s0ft.org"
    fake, real, carets = lines[1:4]
    assert fake.startswith(" " * 9 + "micr0s0ft.org ")
    assert real.startswith(" " * 9 + "microsoft.com ")
    assert [fake[i] for i, c in enumerate(carets) if c == "^"] == ["0", "0"]
    assert [real[i] for i, c in enumerate(carets) if c == "^"] == ["o", "o"]
    assert lines[4].strip() == f"it imitates Microsoft  (Microsoft: {Trick.LEET.detail})  [lookalike]"


def test_wide_letters_keep_the_names_aligned() -> None:
    """A katakana letter takes two columns of a terminal."""
    found = Evidence(
        Reason.LOOKALIKE, Level.WARN, "lookalike", "x", "microsoft", Trick.SKELETON, "microsoft.com",
        (Fake(4, 5, "o"),), (0, 9),
    )  # fmt: skip
    lines = shown("micrロsoft.org", found)
    assert "micrロsoft.org" in lines[1]
    assert "micro soft.com" in lines[2]
    assert lines[3].strip() == "^^"


@pytest.mark.parametrize("width", [60, 128])
def test_no_sentence_is_broken_at_the_edge_of_the_terminal(width: int) -> None:
    sentence = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "lookalike", "例え that is told at length " * 6)
    link = host_link("a.example")
    lines = [line.plain for line in answer_lines(link, Verdict(Level.CAUTION, (sentence,)), RULES, width)]
    assert len(lines) > 2
    assert all(cell_len(line) <= width and line.startswith(" " * 9) for line in lines[1:])
    assert " ".join(" ".join(lines[1:]).split()) == f"{sentence.detail.strip()} [lookalike]"


def test_a_host_is_never_broken() -> None:
    """It could no longer be copied."""
    host = "-".join(["long"] * 12) + ".example"
    sentence = Evidence(Reason.CIRCUMSTANCE, Level.CAUTION, "lookalike", f"a name {host} of many")
    lines = answer_lines(host_link(host), Verdict(Level.CAUTION, (sentence,)), RULES, 60)
    assert sum(host in line.plain for line in lines) == 2


def test_names_too_wide_for_the_terminal_are_compared_piece_by_piece() -> None:
    """Where the terminal breaks them itself, the carets stand under other letters."""
    site = Brand("x", "X", "x", "jp", "bank", ("mitsui",), (), ("xn--bckg4ac7czdf9e3bf7b9o.example",))
    host = "xn--" + "アイウエオカキクケコサシスセソタ".encode("punycode").decode() + ".example"
    real = "アイウエオカキクケコサシスセソナ"
    fakes = (Fake(15, 16, real[-1]),)
    found = Evidence(
        Reason.LOOKALIKE, Level.WARN, "x", "x", "x", Trick.SKELETON, real, fakes, (0, 16)
    )  # fmt: skip
    rules = Rulebook(brands={"x": replace(site, domains=(f"{real}.example",))})
    lines = answer_lines(host_link(host), Verdict(Level.WARN, (found,)), rules, 60)
    assert all(cell_len(line.plain) <= 60 for line in lines[1:])
    assert sum("this link" in line.plain for line in lines) == 2
    fake, carets = next(
        (above.plain, line.plain)
        for above, line in zip(lines[1:], lines[3:], strict=False)
        if "^" in line.plain
    )
    assert cell_len(fake[: fake.index("タ")]) == carets.index("^")


def test_a_mark_stands_on_its_letter_and_the_caret_below_both() -> None:
    host = "xn--" + "m̊icrosoft".encode("punycode").decode() + ".org"
    found = replace(FOUND, trick=Trick.SKELETON, fakes=(Fake(0, 2, "m"),), matched=(0, 10))
    lines = shown(host, found)
    assert lines[1].startswith(" " * 9 + "m̊icrosoft.org ")
    assert lines[3] == " " * 9 + "^"


def test_a_link_without_findings_is_one_line() -> None:
    assert shown("a.example", level=Level.PASS) == ["pass     a.example"]


def test_an_idn_shows_both_spellings() -> None:
    assert shown("例え.example", level=Level.PASS) == ["pass     例え.example  (xn--r8jz45g.example)"]


def test_every_trick_has_words() -> None:
    assert all(trick.detail for trick in Trick)


def test_a_hostile_host_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], small_rules: Path, tmp_path: Path
) -> None:
    """Escape sequences and bidi marks would let a link paint "pass" over "warn"."""
    household = read_household(Settings(rules=small_rules, state=tmp_path))
    for text in ("\x1b[2Jx y", "a\u202eb.example", "[bold]x[/bold] y"):
        print_answer(text, "no browser could open '\x1b[31m'", household.rulebook)
    evil = "xn--" + "a\u202eb\x1b[".encode("punycode").decode() + ".example"
    link = host_link(evil)
    print_answer(evil, (link, household.policy().judge(link)), household.rulebook)
    out = capsys.readouterr().out
    assert not set(out) & {"\x1b", "\u202e"}
    assert "[bold]x[/bold]" in out
