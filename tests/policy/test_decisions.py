from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.link import host_link
from sekisho.policy.decisions import GO_ON, Decision, Decisions, go_on

unhurried = settings(deadline=None)  # a busy machine is no failure

DAD, MUM = "192.168.1.5", "192.168.1.6"
NOW = 1000.0
BLOCK = Decision("block", "a.example.com", 100.0, "sekisho block", id=1)
ALLOW = replace(BLOCK, kind="allow", by="sekisho allow", id=2)
LINK = host_link("a.example.com")


def found(
    *decisions: Decision, host: str = "a.example.com", client: str = DAD, now: float = NOW
) -> int | None:
    decision = Decisions(decisions).find(host_link(host), client, now)
    return decision.id if decision else None


def test_a_decision_covers_its_subdomains_and_nothing_beside() -> None:
    assert found(BLOCK) == found(BLOCK, host="x.y.a.example.com") == 1
    assert found(BLOCK, host="example.com") is None
    assert found(BLOCK, host="xa.example.com") is None


def test_an_exact_decision_is_for_that_host_only() -> None:
    assert found(replace(BLOCK, exact=True)) == 1
    assert found(replace(BLOCK, exact=True), host="x.a.example.com") is None


def test_the_closest_host_wins_whatever_the_order() -> None:
    """`block example.com` and `allow a.example.com` must open a.example.com, said first or last."""
    wide = replace(BLOCK, host="example.com", at=500.0, id=7)
    assert found(wide, ALLOW) == found(ALLOW, wide) == 2
    assert found(wide, ALLOW, host="b.example.com") == 7
    exact = replace(BLOCK, exact=True, at=1.0, id=8)
    assert found(ALLOW, exact) == 8
    assert found(ALLOW, exact, host="x.a.example.com") == 2


def test_the_newer_word_on_one_host_wins() -> None:
    newer = replace(ALLOW, at=101.0)
    assert found(BLOCK, newer) == found(newer, BLOCK) == 2
    assert found(BLOCK, ALLOW) == found(ALLOW, BLOCK) == 2, "of one moment, the later number"


def test_what_expired_or_was_taken_back_lets_the_older_word_through() -> None:
    assert found(BLOCK, replace(ALLOW, at=200.0, until=NOW)) == 1
    assert found(BLOCK, replace(ALLOW, at=200.0, ended_at=300.0)) == 1
    assert found(replace(BLOCK, until=NOW)) is None


def test_a_decision_for_one_device_is_not_for_the_others() -> None:
    for_dad = replace(BLOCK, client=DAD)
    assert found(for_dad) == 1
    assert found(for_dad, client=MUM) is None
    assert found(for_dad, client="") is None
    assert found(BLOCK, client="") == 1


def test_an_address_has_no_subdomains() -> None:
    block = replace(BLOCK, host="192.0.2.7", exact=True)
    assert found(block, host="192.0.2.7") == 1
    assert found(block, host="7.192.0.2.7") is None


def test_going_on_never_counts_as_the_familys_word() -> None:
    """Otherwise a parent at the warning page could open what the family blocked."""
    gone_on = replace(go_on(LINK, DAD, NOW, 10), id=9)
    assert found(gone_on) is None
    assert found(BLOCK, gone_on) == 1
    assert Decisions([BLOCK]).find_go_on(LINK, DAD, NOW, is_click=True) is None
    for_dad = replace(ALLOW, client=DAD, until=NOW + 600)
    assert found(for_dad) == 2
    assert Decisions([for_dad]).find_go_on(LINK, DAD, NOW, is_click=True) is None


@pytest.mark.parametrize(
    ("host", "client", "now", "is_click", "opens"),
    [
        pytest.param("a.example.com", DAD, NOW + 599, True, True, id="the host itself, until the end"),
        pytest.param("a.example.com", DAD, NOW + 600, True, False, id="over"),
        pytest.param("a.example.com", MUM, NOW, True, False, id="another device"),
        pytest.param("a.example.com", "", NOW, True, False, id="nobody in particular"),
        pytest.param("b.example.com", DAD, NOW, True, False, id="a click on the host next door"),
        pytest.param("x.a.example.com", DAD, NOW, True, False, id="a click on a subdomain"),
        pytest.param("b.example.com", DAD, NOW, False, True, id="a picture from next door"),
        pytest.param("example.com", DAD, NOW, False, True, id="a picture from the domain itself"),
        pytest.param("a.example.org", DAD, NOW, False, False, id="a picture from elsewhere"),
        pytest.param("xexample.com", DAD, NOW, False, False, id="a picture from a name that ends alike"),
    ],
)
def test_going_on_opens_one_host_to_one_device(
    host: str, client: str, now: float, is_click: bool, opens: bool
) -> None:
    view = Decisions([go_on(LINK, DAD, NOW, 10)])
    assert bool(view.find_go_on(host_link(host), client, now, is_click=is_click)) is opens


def test_on_a_platform_the_neighbours_are_strangers() -> None:
    """The pictures of somebody else's free site do not come with the site that was opened."""
    view = Decisions([go_on(host_link("a.weebly.com"), DAD, NOW, 10)])
    other = host_link("b.weebly.com")
    assert view.find_go_on(other, DAD, NOW, is_click=False)
    assert not view.find_go_on(other, DAD, NOW, is_click=False, on_platform=True)
    own = host_link("a.github.io")
    assert not Decisions([go_on(own, DAD, NOW, 10)]).find_go_on(
        host_link("b.github.io"), DAD, NOW, is_click=False
    )


def test_the_first_of_two_going_on_may_be_over() -> None:
    view = Decisions([go_on(LINK, DAD, NOW, 10), go_on(LINK, DAD, NOW - 5000, 10)])
    assert view.find_go_on(LINK, DAD, NOW + 1, is_click=True)


def test_going_on_is_made_as_the_page_says() -> None:
    made = go_on(LINK, DAD, NOW, 10)
    assert (made.by, made.host, made.exact, made.client) == (GO_ON, "a.example.com", True, DAD)
    assert made.until == NOW + 600


@pytest.mark.parametrize(
    ("decision", "inside"),
    [
        (BLOCK, True),
        (replace(BLOCK, host="example.com"), False),
        (replace(BLOCK, host="example.com", exact=True), True),
        (ALLOW, False),
        (replace(BLOCK, ended_at=1.0), False),
    ],
)
def test_a_familiar_domain_with_a_blocked_part_is_known(decision: Decision, inside: bool) -> None:
    """Tunnelled whole, it would carry the blocked part as well."""
    assert Decisions([decision]).blocks_inside("example.com") is inside
    assert not Decisions([decision]).blocks_inside("example.org")


HOSTS = st.sampled_from(["a.example.com", "b.example.com", "example.com", "x.a.example.com", "example.org"])


@unhurried
@given(
    st.lists(
        st.builds(
            Decision,
            st.sampled_from(["allow", "block"]),
            HOSTS,
            st.floats(0, 2000),
            st.just("sekisho allow"),
            st.booleans(),
            st.sampled_from([None, DAD, MUM]),
            st.one_of(st.none(), st.floats(0, 2000)),
        ),
        max_size=8,
    ),
    HOSTS,
    st.sampled_from([DAD, MUM, ""]),
)
def test_what_is_found_holds_for_this_host_this_client_and_now(
    decisions: list[Decision], host: str, client: str
) -> None:
    """And nothing is found only where no decision holds."""
    link = host_link(host)

    def holds(decision: Decision) -> bool:
        covers = decision.host == host or (not decision.exact and host.endswith(f".{decision.host}"))
        return covers and decision.client in (None, client) and decision.in_force(NOW)

    decision = Decisions(decisions).find(link, client, NOW)
    if decision is None:
        assert not any(map(holds, decisions))
    else:
        assert holds(decision)
        rivals = [d for d in decisions if holds(d)]
        assert max((d.exact, len(d.host), d.at) for d in rivals) == (
            decision.exact,
            len(decision.host),
            decision.at,
        )


def test_the_familys_word_can_be_gone_through_without_going_on() -> None:
    word = [Decision("block", "a.example", NOW, "x"), Decision("allow", "b.example", NOW, "x", exact=True)]
    chosen = Decision("allow", "c.example", NOW, GO_ON, exact=True, client="192.168.1.5", until=NOW + 9)
    assert sorted(d.host for d in Decisions([*word, chosen])) == ["a.example", "b.example"]
