"""Comparison: the real name lies exactly under the fake one, or a parent compares the wrong letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.portal.comparison import Comparison, compare
from sekisho.verdict import Evidence, Fake, Level, Reason

from .conftest import STORY, STORY_EVIDENCE, lookalike


def rows(comparison: Comparison) -> tuple[str, str]:
    """Both names as they are drawn, ``_`` where one has nothing, a bar where a line may break."""
    above, below = [], []
    for word in comparison.words:
        width = [max(len(c.link), len(c.real)) for c in word]
        above.append("".join(c.link.ljust(n, "_") for c, n in zip(word, width, strict=True)))
        below.append("".join(c.real.ljust(n, "_") for c, n in zip(word, width, strict=True)))
    return "|".join(above), "|".join(below)


def marked(comparison: Comparison) -> str:
    return "".join(f"[{piece.text}]" if piece.fake else piece.text for piece in comparison.host)


def test_the_story() -> None:
    found = compare(STORY, STORY_EVIDENCE, "microsoft.com")
    assert rows(found) == ("…micr0s0ft.|org", "_microsoft.|com")
    assert marked(found) == "rec[0]very-supp[0]rt-micr[0]s[0]ft.org"
    assert [letter.fakes for letter in found.letters] == [("0",)]
    assert found.endings == (".org", ".com")
    assert found.carries == ""


@pytest.mark.parametrize(
    ("host", "site", "matched", "fakes", "drawn", "host_marked"),
    [
        pytest.param(
            "rnicrosoft.com",
            "microsoft.com",
            "rnicrosoft",
            (Fake(0, 2, "m"),),
            ("rnicrosoft.|com", "m_icrosoft.|com"),
            "[rn]icrosoft.com",
            id="two letters over one",
        ),
        pytest.param(
            "xn--80ak6aa92e.com",
            "apple.com",
            "аррӏе",
            (Fake(0, 5, "apple"),),
            ("аррӏе.|com", "apple.|com"),
            "[а][р][р][ӏ][е].com",
            id="a whole stretch of the same length is told letter by letter",
        ),
        pytest.param(
            "micosoft.com",
            "microsoft.com",
            "micosoft",
            (Fake(2, 3, "cr"),),
            ("mic_osoft.|com", "microsoft.|com"),
            "micosoft.com",
            id="a missing letter leaves a gap",
        ),
        pytest.param(
            "amazonn.co.jp",
            "amazon.co.jp",
            "amazonn",
            (Fake(6, 7, ""),),
            ("amazonn.|co.|jp", "amazon_.|co.|jp"),
            "amazon[n].co.jp",
            id="an extra letter",
        ),
        pytest.param(
            "smbc-crad.com",
            "smbc-card.com",
            "smbc-crad",
            (Fake(5, 6, "ca"), Fake(7, 8, "")),
            ("smbc-|crad.|com", "smbc-|card.|com"),
            "smbc-c[ra]d.com",
            id="a swap is one fake, not two",
        ),
        pytest.param(
            "smbc-crad.com",
            "smbc-card.com",
            "smbc-crad",
            (),
            ("smbc-|crad.|com", "smbc-|card.|com"),
            "smbc-c[ra]d.com",
            id="fakes are found where the evidence names none",
        ),
        pytest.param(
            "www-amazon-co-jp.x.top",
            "amazon.co.jp",
            "amazon-co-jp",
            (Fake(10, 11, "."), Fake(13, 14, ".")),
            ("…amazon-|co-|jp.|x.|top", "_amazon.|co.|jp_|__|___"),
            "www-amazon[-]co[-]jp.x.top",
            id="dashes in place of dots",
        ),
        pytest.param(
            "login.card.top",
            "smbc-card.com",
            "card",
            (),
            ("…ogin.|card.|top", "_smbc-|card.|com"),
            "login.card.top",
            id="the real name begins before the stretch",
        ),
        pytest.param(
            "amazonn.co.jp",
            "amazon.co.jp",
            "amazonn",
            (Fake(5, 7, "n"),),
            ("amazonn.|co.|jp", "amazon_.|co.|jp"),
            "amazon[n].co.jp",
            id="an extra letter that came with its neighbour",
        ),
        pytest.param(
            "my-microsoftonline.top",
            "microsoft.com",
            "microsoftonline",
            (),
            ("…microsoftonline.|top", "_microsoft.com___|___"),
            "my-microsoftonline.top",
            id="the real name inside a longer word",
        ),
        pytest.param(
            "vpass-login.top",
            "smbc-card.com",
            "vpass",
            (),
            ("", ""),
            "vpass-login.top",
            id="nothing to align",
        ),
    ],
)
def test_the_real_name_lies_under_the_fake(
    host: str, site: str, matched: str, fakes: tuple[Fake, ...], drawn: tuple[str, str], host_marked: str
) -> None:
    found = compare(host_link(host), lookalike(host, site, matched, fakes), site)
    assert rows(found) == drawn
    assert marked(found) == host_marked
    assert found.site == site


def test_a_true_name_in_a_foreign_host_is_told_with_the_owner() -> None:
    host = "www.amazon.co.jp.account-verify.top"
    found = compare(host_link(host), lookalike(host, "amazon.co.jp", "amazon.co.jp"), "amazon.co.jp")
    assert (found.carries, found.owner) == ("amazon.co.jp", "account-verify.top")
    assert found.letters == ()
    assert [c.mark for word in found.words for c in word if c.link == "v"] == ["other"]


def test_an_idn_shows_what_machines_write() -> None:
    assert compare(host_link("xn--80ak6aa92e.com"), None, "").ascii == "xn--80ak6aa92e.com"
    assert compare(STORY, None, "").ascii == ""


def test_a_false_ending_is_marked_where_no_brand_is_known() -> None:
    found = compare(host_link("kuroneko-co-jp.top"), lookalike("kuroneko-co-jp.top", "", "co-jp"), "")
    assert marked(found) == "kuroneko-[co-jp].top"
    assert found.words == ()


def test_without_evidence_the_host_stands_alone() -> None:
    found = compare(host_link("203.0.113.7"), None, "")
    assert (found.text, found.owner, found.words) == ("203.0.113.7", "203.0.113.7", ())


def test_a_very_long_name_is_cut_in_the_drawing_but_whole_above_it() -> None:
    host = "microsoft" + "-verification" * 4 + ".top"
    found = compare(host_link(host), lookalike(host, "microsoft.com", "microsoft"), "microsoft.com")
    assert found.text == host
    assert sum(len(word) for word in found.words) == 24
    assert found.words[-1][-1].link == "…"


places = st.integers(-5, 300)


@given(
    host=st.text(max_size=300),
    fakes=st.lists(st.builds(Fake, places, places, st.text(max_size=6)), max_size=5),
    matched=st.none() | st.tuples(places, places),
    site=st.sampled_from(["", "microsoft.com", "amazon.co.jp"]),
)
def test_no_host_and_no_evidence_breaks_the_page_or_loses_a_letter(
    host: str, fakes: list[Fake], matched: tuple[int, int] | None, site: str
) -> None:
    link = host_link(host)
    evidence = Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x", None, None, site, tuple(fakes), matched)
    found = compare(link, evidence, site)
    assert len(found.text) == min(300, len(link.unicode or link.host))
    if found.words:
        real = "".join(c.real for word in found.words for c in word)
        assert site.startswith(real) or real.startswith(site)
