"""The rules of a request, each with what it stops, and their order: a rule that comes too late opens the way."""

import itertools
from typing import Any

import pytest

from sekisho.link import Link, host_link
from sekisho.policy.action import Action, Forward, Interstitial, Refuse, RefuseReason, Tunnel
from sekisho.policy.home_network import HomeNetwork
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Connection, Request
from sekisho.policy.requests import (
    REQUEST_RULES,
    Judged,
    decide_connection,
    decide_port,
    decide_request,
    familiar,
    home_network,
    interstitial,
    leaves_alone,
    prefetch,
    service_worker,
    warned,
    worst_of,
)
from sekisho.settings import parse_resolve
from sekisho.verdict import Evidence, Level, Reason, Verdict

SITE, ROUTER = host_link("tanaka-tofu-ten.jp"), host_link("192.168.1.1", 80, "http")
HOME = HomeNetwork()
PASS, CAUTION, WARN, BLOCK = (Verdict(level) for level in Level)
FAMILIAR = Verdict(Level.PASS, familiar=True)
ALLOWED = Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "decision 1", "told"),))
HERE, THERE = "127.0.0.1", "192.168.1.20"


def judged(
    verdict: Verdict = PASS, kind: Kind = Kind.CLICK, *links: Link, home: HomeNetwork = HOME, **fields: Any
) -> Judged:
    names = links or (SITE,)
    request = Request(names, names[0], **{"client": THERE, "kind": kind, **fields})
    return Judged(request, names[-1], verdict, home)


def word(action: Action | None) -> str:
    """An action as these tables write it."""
    match action:
        case Refuse():
            return action.reason.value
        case Forward():
            return "cleared" if action.cleared else "forward"
        case _:
            return "-" if action is None else type(action).__name__.lower()


RULES = [
    (home_network, judged(), "-"),
    (home_network, judged(PASS, Kind.CLICK, ROUTER), "home-network"),
    (home_network, judged(PASS, Kind.CLICK, ROUTER, client=HERE), "home-network"),
    (home_network, judged(PASS, Kind.CLICK, ROUTER, client=THERE, is_typed=True), "home-network"),
    (home_network, judged(PASS, Kind.CLICK, ROUTER, client=HERE, is_typed=True), "-"),
    (
        home_network,
        judged(PASS, Kind.CLICK, host_link("localhost"), client=HERE, is_typed=True),
        "home-network",
    ),
    (home_network, judged(CAUTION, Kind.CLICK, ROUTER, SITE), "home-network"),
    (home_network, judged(PASS, Kind.CLICK, SITE, ROUTER), "home-network"),
    (
        home_network,
        judged(PASS, Kind.CLICK, ROUTER, client=HERE, is_typed=True, home=HomeNetwork(serves_lan=True)),
        "home-network",
    ),
    (
        home_network,
        judged(
            PASS, Kind.CLICK, host_link("nas.lan"), home=HomeNetwork([parse_resolve("nas.lan=127.0.0.1")])
        ),
        "-",
    ),
    (familiar, judged(FAMILIAR), "cleared"),
    (familiar, judged(), "-"),
    (familiar, judged(ALLOWED), "-"),
    (prefetch, judged(PASS, Kind.AHEAD), "prefetch"),
    (prefetch, judged(), "-"),
    (warned, judged(CAUTION), "-"),
    (warned, judged(WARN), "interstitial"),
    (warned, judged(BLOCK), "interstitial"),
    (warned, judged(WARN, Kind.FRAME), "warned"),
    (warned, judged(WARN, Kind.RESOURCE), "warned"),
    (service_worker, judged(PASS, Kind.RESOURCE, wants_worker=True), "service-worker"),
    (service_worker, judged(PASS, Kind.RESOURCE), "-"),
]


@pytest.mark.parametrize(("rule", "asked", "answer"), RULES)
def test_each_rule(rule: Any, asked: Judged, answer: str) -> None:
    assert word(rule(asked)) == answer


def test_every_rule_has_its_rows() -> None:
    assert {rule for rule, *_ in RULES} == set(REQUEST_RULES)


def test_the_first_rule_that_answers_decides_in_this_order() -> None:
    assert (home_network, familiar, prefetch, warned, service_worker) == REQUEST_RULES


ORDER = [
    ("the router is not familiar by a rule", judged(FAMILIAR, Kind.CLICK, ROUTER), "home-network"),
    ("a guess ahead to the router", judged(PASS, Kind.AHEAD, ROUTER), "home-network"),
    ("a guess ahead to a familiar site is served", judged(FAMILIAR, Kind.AHEAD), "cleared"),
    ("a familiar site's worker is installed", judged(FAMILIAR, Kind.RESOURCE, wants_worker=True), "cleared"),
    ("a guess ahead to a bad host makes no ticket", judged(WARN, Kind.AHEAD), "prefetch"),
    ("a bad host's worker counts as a visit to it", judged(WARN, Kind.RESOURCE, wants_worker=True), "warned"),
    ("a clean site", judged(), "forward"),
    ("a caution loads", judged(CAUTION), "forward"),
    ("what the family allowed is not streamed by this", judged(ALLOWED), "forward"),
]


@pytest.mark.parametrize(("asked", "answer"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER])
def test_what_happens_to_a_request(asked: Judged, answer: str) -> None:
    assert word(decide_request(asked)) == answer


def test_nothing_but_a_familiar_site_is_forwarded_unread() -> None:
    """The one promise of this list, over all of its inputs."""
    for verdict, kind, link, worker, typed in itertools.product(
        (PASS, CAUTION, WARN, BLOCK, ALLOWED, FAMILIAR), Kind, (SITE, ROUTER), (False, True), (False, True)
    ):
        asked = judged(verdict, kind, link, wants_worker=worker, is_typed=typed, client=HERE)
        action = decide_request(asked)
        if isinstance(action, Forward):
            assert action.cleared is verdict.familiar
            assert verdict.level < Level.WARN
            assert action.replacement is None


CONNECTIONS = [
    ("familiar", FAMILIAR, True, SITE, "tunnel"),
    ("familiar mail", FAMILIAR, False, SITE, "tunnel"),
    ("clean web is read", PASS, True, SITE, "forward"),
    ("bad web is read, so that its request gets the page", WARN, True, SITE, "forward"),
    ("the router's web is read, so that its request is judged", PASS, True, ROUTER, "forward"),
    ("clean mail", PASS, False, SITE, "tunnel"),
    ("mail with a caution", CAUTION, False, SITE, "tunnel"),
    ("bad mail", WARN, False, SITE, "warned"),
    ("blocked mail", BLOCK, False, SITE, "warned"),
    ("mail of the home network", PASS, False, ROUTER, "home-network"),
]


@pytest.mark.parametrize(
    ("verdict", "is_web", "link", "answer"),
    [row[1:] for row in CONNECTIONS],
    ids=[row[0] for row in CONNECTIONS],
)
def test_what_happens_to_a_connection(verdict: Verdict, is_web: bool, link: Link, answer: str) -> None:
    connection = Connection((SITE, link), THERE, 443, is_web)
    action = decide_connection(connection, link, verdict, HOME)
    assert word(action) == answer
    assert not isinstance(action, Tunnel) or (action.link, action.verdict) == (link, verdict)


@pytest.mark.parametrize(
    ("port", "answer"), [(443, "-"), (80, "-"), (8443, "-"), (993, "-"), (25, "not-web"), (22, "not-web")]
)
def test_a_port_on_which_the_server_speaks_first_is_refused_at_once(port: int, answer: str) -> None:
    """Both sides would wait for the other, and the program would seem to hang."""
    assert word(decide_port(host_link("tanaka-tofu-ten.jp", port))) == answer


@pytest.mark.parametrize(
    ("verdict", "links", "alone"),
    [
        (FAMILIAR, (SITE,), True),
        (ALLOWED, (SITE,), True),
        (PASS, (ROUTER,), True),
        (PASS, (SITE,), False),
        (CAUTION, (SITE,), False),
        (PASS, (ROUTER, SITE), False),
    ],
)
def test_whose_forms_and_pages_are_not_read(verdict: Verdict, links: tuple[Link, ...], alone: bool) -> None:
    assert leaves_alone(verdict, links, HOME) is alone


def test_a_warning_is_shown_where_the_person_sees_it() -> None:
    """And keeps what it is about: the program's address, and that the request has gone up."""
    page = interstitial(judged().request, SITE, WARN, url="https://a.jp/setup.exe", sent=True)
    assert page == Interstitial(SITE, WARN, "https://a.jp/setup.exe", True)
    for kind in (Kind.FRAME, Kind.RESOURCE):
        assert interstitial(judged(WARN, kind).request, SITE, WARN) == Refuse(RefuseReason.WARNED, SITE, WARN)


def test_of_several_names_the_worst_counts_and_familiar_needs_all() -> None:
    verdicts = {"a.jp": FAMILIAR, "b.jp": PASS, "c.jp": WARN}
    links = [host_link(name) for name in verdicts]

    def judge(link: Link) -> Verdict:
        return verdicts[link.host]

    assert worst_of(judge, links) == (links[2], WARN)
    assert worst_of(judge, links[:2]) == (links[1], PASS)
    assert worst_of(judge, links[1::-1]) == (links[1], PASS)
    assert worst_of(judge, links[:1]) == (links[0], FAMILIAR)
