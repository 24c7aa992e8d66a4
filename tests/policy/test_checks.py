"""The order of the checks is the policy: who may overrule whom, and what happens when nobody speaks."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.link import Link, host_link, parse_link
from sekisho.policy.checks import CHECKS, Lookup, Policy, wants_outside
from sekisho.policy.decisions import Decision, Decisions, go_on
from sekisho.providers.feeds.build import build_file
from sekisho.providers.feeds.index import load_index
from sekisho.providers.feeds.provider import listed_evidence
from sekisho.providers.feeds.spec import FeedSpec, Form
from sekisho.providers.feeds.state import FeedState, Part, write_state
from sekisho.rulebook.model import Brand, HostList, ListEntry, Rulebook, TrickStrength
from sekisho.verdict import Evidence, Level, Reason, Trick

NOW = 1_800_000_000.0
MOTHER, FATHER = "192.168.1.20", "192.168.1.30"
FAKE = host_link("rec0very-supp0rt-micr0s0ft.org")
CLEAN = host_link("tanaka-tofu-ten.jp")

MICROSOFT = Brand(
    "microsoft", "Microsoft", "マイクロソフト", "world", "software", ("microsoft",), (), ("microsoft.com",),
    content=("azurewebsites.net",),
)  # fmt: skip
WARN = TrickStrength(Level.WARN, Level.WARN)
FAMILIAR_IDN = parse_link("знакомый.com").host


def entries(*lines: str, source: str = "blocklist.txt") -> HostList:
    found = [
        ListEntry(line.removeprefix("="), line.startswith("="), f"{source}:{number}")
        for number, line in enumerate(lines, 1)
    ]
    return HostList(
        {entry.name: entry for entry in found if not entry.exact},
        {entry.name: entry for entry in found if entry.exact},
    )


OTTER = Brand("otter", "Otter", "オッター", "de", "bank", ("fischotter",), (), ("fischotter.example",))
GERMANY = {"home": frozenset({"de"}), "readable": frozenset({"latin"})}


def policy(
    *decisions: Decision,
    block: tuple[HostList, ...] = (),
    allow: tuple[HostList, ...] = (),
    people: dict[str, frozenset[str]] = {},  # noqa: B006 - read only
    imported: tuple[HostList, ...] = (),
) -> Policy:
    rulebook = Rulebook(
        brands={"microsoft": MICROSOFT, "otter": OTTER},
        familiar_domains=frozenset({"example.com", "weebly.com", FAMILIAR_IDN}),
        blocklist=block,
        allowlist=allow,
        imported=imported,
        platforms={"weebly.com": "hosting"},
        risk_words=frozenset({"recovery", "support"}),
        tricks=dict.fromkeys((trick.value for trick in Trick), WARN)
        | {"world-token": TrickStrength(Level.CAUTION, Level.WARN), "foreign-script": WARN},
    )
    return Policy(rulebook, Decisions(decisions), **people)


def level(point: Policy, host: str, client: str = MOTHER, now: float = NOW) -> Level:
    return point.judge(host_link(host), client, now).level


def test_the_checks_stand_in_the_order_of_the_design() -> None:
    assert [check.__name__ for check in CHECKS] == [
        "unreadable",
        "family_decision",
        "family_lists",
        "familiar_or_official",
        "imported_lists",
        "feeds",
        "lookalike",
        "outside",
        "household",
    ]


def test_the_story_s_host_is_warned_and_names_the_brand() -> None:
    verdict = policy().judge(FAKE, MOTHER, NOW)
    assert verdict.level is Level.WARN
    assert verdict.decisive is not None
    assert (verdict.decisive.reason, verdict.decisive.brand) == (Reason.LOOKALIKE, "microsoft")
    assert verdict.decisive.imitates == "microsoft.com"
    assert {item.at for item in verdict.evidence} == {NOW}


def test_familiar_and_official_sites_pass_on_every_host_of_theirs() -> None:
    point = policy()
    for host in ("example.com", "mail.example.com", "microsoft.com", "login.microsoft.com"):
        verdict = point.judge(host_link(host), MOTHER, NOW)
        assert (verdict.level, verdict.familiar) == (Level.PASS, True), host


@pytest.mark.parametrize("host", ["shop.weebly.com", "weebly.com", "evil.azurewebsites.net", "me.github.io"])
def test_what_users_publish_is_never_familiar(host: str) -> None:
    assert not policy().judge(host_link(host), MOTHER, NOW).familiar


def test_an_unknown_clean_host_passes_but_is_not_familiar() -> None:
    verdict = policy().judge(host_link("tanaka-tofu-ten.jp"), MOTHER, NOW)
    assert (verdict.level, verdict.familiar, verdict.evidence) == (Level.PASS, False, ())


@pytest.mark.parametrize("host", ["", "a..b", "good.com@evil.com", "xn--0.example.com", "a" * 300])
def test_what_cannot_be_read_never_passes(host: str) -> None:
    point = policy(allow=(entries("example.com"),))
    verdict = point.judge(host_link(host), MOTHER, NOW)
    assert (verdict.level, verdict.familiar) == (Level.WARN, False)


@given(st.text(max_size=60))
def test_no_host_of_any_bytes_is_familiar_by_accident(host: str) -> None:
    link = host_link(host)
    verdict = POINT.judge(link, MOTHER, NOW)
    if verdict.familiar:
        assert re.search(r"(^|\.)(example\.com|microsoft\.com)$", link.host)
    if link.flaws:
        assert verdict.level >= Level.WARN


POINT = policy()


def test_the_family_s_block_beats_familiar_and_its_allow_beats_a_warning() -> None:
    point = policy(block=(entries("example.com"),), allow=(entries(FAKE.host),))
    assert level(point, "www.example.com") is Level.BLOCK
    assert level(point, FAKE.host) is Level.PASS


def test_the_closest_line_wins_and_a_tie_blocks() -> None:
    point = policy(
        block=(entries("example.com", "=good.shop.example.com"),),
        allow=(entries("shop.example.com", "example.com", "=good.shop.example.com"),),
    )
    assert level(point, "www.example.com") is Level.BLOCK
    assert level(point, "a.shop.example.com") is Level.PASS
    assert level(point, "good.shop.example.com") is Level.BLOCK


def test_evidence_names_the_line_that_the_family_wrote() -> None:
    verdict = policy(block=(entries("a.jp", "b.jp"),)).judge(host_link("www.b.jp"), MOTHER, NOW)
    assert verdict.decisive is not None
    assert verdict.decisive.source == "blocklist.txt:2"


def test_a_familiar_domain_with_a_blocked_part_is_not_tunnelled_whole() -> None:
    for point in (
        policy(block=(entries("=evil.example.com"),)),
        policy(block=(entries("evil.example.com"),)),
        policy(Decision("block", "evil.example.com", NOW, "sekisho block")),
    ):
        verdict = point.judge(host_link("www.example.com"), MOTHER, NOW)
        assert (verdict.level, verdict.familiar) == (Level.PASS, False)
        assert level(point, "evil.example.com") is Level.BLOCK


def test_an_allowed_domain_is_tunnelled_and_an_allowed_host_only_let_through() -> None:
    point = policy(allow=(entries("tanaka-tofu-ten.jp", "=a.b.jp", "me.github.io", "shop.weebly.com"),))
    assert point.judge(host_link("www.tanaka-tofu-ten.jp"), MOTHER, NOW).familiar
    for host in ("a.b.jp", "me.github.io", "shop.weebly.com"):
        verdict = point.judge(host_link(host), MOTHER, NOW)
        assert (verdict.level, verdict.familiar) == (Level.PASS, False), host


def test_a_decision_beats_the_lists_and_expires() -> None:
    allow = Decision("allow", FAKE.host, NOW, "sekisho allow", until=NOW + 60)
    point = policy(allow, block=(entries(FAKE.host),))
    assert level(point, FAKE.host) is Level.PASS
    assert level(point, FAKE.host, now=NOW + 60) is Level.BLOCK


def test_to_go_on_opens_a_warned_host_to_this_device_for_a_while() -> None:
    point = policy(go_on(FAKE, MOTHER, NOW, 10))
    verdict = point.judge(FAKE, MOTHER, NOW + 599)
    assert verdict.level is Level.CAUTION
    assert [item.reason for item in verdict.evidence[:2]] == [Reason.GO_ON, Reason.LOOKALIKE]
    assert level(point, FAKE.host, FATHER) is Level.WARN
    assert level(point, FAKE.host, MOTHER, NOW + 600) is Level.WARN


def test_to_go_on_never_beats_a_block() -> None:
    chosen = go_on(FAKE, MOTHER, NOW, 10)
    assert level(policy(chosen, block=(entries(FAKE.host),)), FAKE.host) is Level.BLOCK
    block = Decision("block", FAKE.host, NOW - 5, "sekisho block")
    assert level(policy(chosen, block), FAKE.host) is Level.BLOCK


def test_to_go_on_opens_the_site_s_pictures_next_door_but_no_other_click() -> None:
    point = policy(go_on(FAKE, MOTHER, NOW, 10))
    picture = host_link(f"img.{FAKE.host}")
    assert point.judge(picture, MOTHER, NOW, is_click=False).level is Level.CAUTION
    assert point.judge(picture, MOTHER, NOW, is_click=True).level is Level.WARN


@pytest.mark.parametrize(
    ("host", "in_japan", "in_germany"),
    [
        ("цапля.com", Level.CAUTION, Level.CAUTION),
        ("鷺.com", Level.PASS, Level.CAUTION),
        ("サギ.top", Level.PASS, Level.CAUTION),
        ("grüße.com", Level.PASS, Level.PASS),
        ("heron.com", Level.PASS, Level.PASS),
        ("знакомый.com", Level.PASS, Level.PASS),
    ],
)
def test_a_name_that_nobody_of_the_household_reads_is_a_caution_and_never_a_warning(
    host: str, in_japan: Level, in_germany: Level
) -> None:
    """The rules of this test would have it a warning; a circumstance is never one. Familiar sites are not asked."""
    link = parse_link(host)
    assert policy().judge(link).level is in_japan
    assert policy(people=GERMANY).judge(link).level is in_germany


def test_the_brands_of_the_household_s_own_country_count_for_more() -> None:
    host = "fischotter-heron.com"
    assert level(policy(), host) is Level.CAUTION
    assert level(policy(people=GERMANY), host) is Level.WARN


def test_new_decisions_do_not_build_the_rules_again() -> None:
    point = policy()
    newer = point.with_decisions(Decisions([Decision("block", "example.com", NOW, "sekisho block")]))
    assert newer.index is point.index
    assert level(newer, "example.com") is Level.BLOCK
    assert level(point, "example.com") is Level.PASS


def sentence(point: Policy, host: str, now: float = NOW) -> tuple[Level, str]:
    verdict = point.judge(host_link(host), MOTHER, now)
    return verdict.level, verdict.decisive.detail if verdict.decisive else ""


def test_an_imported_list_blocks_but_never_a_familiar_or_official_site() -> None:
    """Lists of others hold big sites by mistake; the family's own list may shut them."""
    point = policy(
        imported=(entries("example.com", "microsoft.com", "bad.jp", FAKE.host, source="/l/block/big.txt"),)
    )
    assert sentence(point, "www.bad.jp") == (
        Level.BLOCK,
        "bad.jp is on the list big, which the family imported",
    )
    assert level(point, FAKE.host) is Level.BLOCK
    assert level(point, "www.example.com") is Level.PASS
    assert level(point, "www.microsoft.com") is Level.PASS
    assert point.judge(host_link("www.example.com"), MOTHER, NOW).familiar


def test_it_is_told_what_lost_and_why() -> None:
    point = policy(
        Decision("allow", "d.jp", NOW, "sekisho allow"),
        block=(entries("b.jp", "d.jp", "e.jp"),),
        allow=(entries("a.b.jp", "e.jp", "f.jp", source="allowlist.txt"),),
        imported=(entries("f.jp", source="big.txt"),),
    )
    assert sentence(point, "x.a.b.jp")[1] == (
        "a.b.jp is on the family's allowlist, which wins over blocklist.txt:1 because it is closer"
    )
    assert sentence(point, "d.jp")[1].endswith(
        ", which wins over blocklist.txt:2 because a decision outweighs lists"
    )
    assert sentence(point, "e.jp") == (
        Level.BLOCK,
        (
            "e.jp is on the family's blocklist, which wins over allowlist.txt:2"
            " because of two equally close ones the block counts"
        ),
    )
    assert sentence(point, "f.jp") == (
        Level.PASS,
        (
            "f.jp is on the family's allowlist, which wins over big.txt:1"
            " because the family's word outweighs imported lists"
        ),
    )
    assert sentence(point, "www.b.jp")[1] == "b.jp is on the family's blocklist"


def test_a_line_with_an_end_counts_until_then() -> None:
    block = HostList({"evil.example.com": ListEntry("evil.example.com", False, "blocklist.txt:1", NOW + 60)})
    point = policy(block=(block,))
    for seconds, blocked in ((59, True), (60, False)):
        assert (level(point, "evil.example.com", now=NOW + seconds) is Level.BLOCK) is blocked
        verdict = point.judge(host_link("www.example.com"), MOTHER, NOW + seconds)
        assert verdict.familiar is not blocked, "after its end the domain is tunnelled again"


def found(reason: Reason, at_level: Level, source: str = "virustotal") -> Evidence:
    return Evidence(reason, at_level, source, "x", at=NOW)


TWO_ENGINES = found(Reason.VIRUSTOTAL, Level.WARN)
NEW = found(Reason.NEW_NAME, Level.CAUTION, "rdap.example")


def test_what_the_outside_said_warns_of_a_host_that_the_rules_know_nothing_about() -> None:
    verdict = policy().judge(CLEAN, MOTHER, NOW, outside=(TWO_ENGINES, NEW))
    assert (verdict.level, verdict.evidence) == (Level.WARN, (TWO_ENGINES, NEW))


def test_a_caution_of_the_rules_does_not_keep_the_outside_from_being_heard() -> None:
    link = host_link("microsoft-otters.com")
    caution = policy().judge(link, MOTHER, NOW)
    assert caution.level is Level.CAUTION
    verdict = policy().judge(link, MOTHER, NOW, outside=(TWO_ENGINES,))
    assert verdict.level is Level.WARN
    assert verdict.evidence == (TWO_ENGINES, *caution.evidence)


@pytest.mark.parametrize("host", ["example.com", "login.microsoft.com"])
def test_the_outside_never_overrules_what_is_familiar_or_official(host: str) -> None:
    verdict = policy().judge(host_link(host), MOTHER, NOW, outside=(TWO_ENGINES,))
    assert (verdict.level, verdict.familiar) == (Level.PASS, True)


def test_going_on_past_what_the_outside_said_is_caution() -> None:
    point = policy(go_on(CLEAN, MOTHER, NOW, 10))
    assert point.judge(CLEAN, MOTHER, NOW + 1, outside=(TWO_ENGINES,)).level is Level.CAUTION
    assert point.judge(CLEAN, FATHER, NOW + 1, outside=(TWO_ENGINES,)).level is Level.WARN


def test_a_domain_that_became_familiar_is_tunnelled_until_somebody_speaks_against_it() -> None:
    point = policy().with_household(frozenset({CLEAN.domain, "weebly.com"}))
    verdict = point.judge(CLEAN, MOTHER, NOW)
    assert (verdict.level, verdict.familiar, verdict.evidence[0].reason) == (
        Level.PASS,
        True,
        Reason.HOUSEHOLD,
    )
    doubted = point.judge(CLEAN, MOTHER, NOW, outside=(NEW,))
    assert (doubted.level, doubted.familiar, doubted.evidence) == (Level.CAUTION, False, (NEW,))
    assert not point.judge(host_link("me.weebly.com"), MOTHER, NOW).familiar


def test_a_downloaded_list_warns_and_never_shuts_a_familiar_site(tmp_path: Path) -> None:
    point = policy().with_lists(listed(tmp_path, CLEAN.host, "example.com"))
    verdict = point.judge(host_link(f"www.{CLEAN.host}"), MOTHER, NOW)
    assert (verdict.level, verdict.evidence[0].reason) == (Level.WARN, Reason.FEED)
    assert verdict.evidence[0].source == "feeds/mine:1"
    assert (verdict.evidence[0].named, verdict.evidence[0].since) == ("mine", NOW)
    assert "mine" in verdict.evidence[0].detail
    assert point.judge(host_link("example.com"), MOTHER, NOW).familiar


def test_a_list_of_addresses_names_one_page_of_a_platform(tmp_path: Path) -> None:
    """Half of all phishing stands on platforms; their other users do no harm."""
    point = policy().with_lists(listed(tmp_path, "https://weebly.com/bad/login"))
    host = host_link("weebly.com")
    assert point.judge(host, MOTHER, NOW, path="/bad/login").level is Level.WARN
    assert point.judge(host, MOTHER, NOW, path="/good").level is Level.PASS
    assert point.judge(host, MOTHER, NOW).level is Level.PASS


def listed(state: Path, *lines: str) -> Lookup:
    """A list that was fetched and packed."""
    text = "\n".join(lines).encode()
    form = Form.URLS if text.startswith(b"https://") else Form.DOMAINS
    (state / "feeds").mkdir()
    (state / "raw").write_bytes(text)
    built = build_file(state / "raw", form, "", state / "feeds" / "mine.packed", ("weebly.com",))
    part = Part("https://lists.example/", "mine.packed", built.count, fetched=NOW)
    write_state(state / "feeds", "mine", FeedState(parts=(part,)))
    spec = FeedSpec("mine", "mine", "https://lists.example/", form)
    index = load_index(state, (spec,))

    def lookup(link: Link, path: str | None) -> tuple[Evidence, ...]:
        found = listed_evidence(index, link, path, NOW)
        return (found,) if found else ()

    return lookup


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        (CLEAN.host, True),
        ("microsoft-otters.com", True),
        ("example.com", False),
        ("login.microsoft.com", False),
        (FAKE.host, False),
        ("blocked.example", False),
        ("allowed.example", False),
    ],
)
def test_the_outside_is_asked_only_where_it_could_change_something(host: str, wanted: bool) -> None:
    """Each question tells a stranger where the family went."""
    point = policy(block=(entries("blocked.example"),), allow=(entries("allowed.example"),))
    assert wants_outside(point.judge(host_link(host), MOTHER, NOW)) is wanted


def test_the_outside_is_not_asked_about_what_somebody_chose_to_open() -> None:
    point = policy(go_on(FAKE, MOTHER, NOW, 10))
    assert not wants_outside(point.judge(FAKE, MOTHER, NOW + 1))
