"""Tickets: going on is one person's choice, on one device, once; nobody else can make it."""

import itertools

import pytest

from sekisho.engine.tickets import LIFETIME, LONGEST_URL, Ticket, Tickets
from sekisho.link import host_link, parse_link
from sekisho.verdict import Level

from ..portal.conftest import CLIENT, NOW, STORY, STORY_VERDICT

URL = "https://rec0very-supp0rt-micr0s0ft.org/login?id=7"


def issue(
    tickets: Tickets, *, level: Level = Level.WARN, now: float = NOW, url: str = URL, client: str = CLIENT
) -> str:
    return tickets.issue(
        link=STORY, url=url, client=client, level=level, verdict=STORY_VERDICT, was_post=False, now=now
    )


def look(tickets: Tickets, name: str, client: str = CLIENT, now: float = NOW) -> Ticket:
    ticket = tickets.find(name, client, now)
    assert ticket
    return ticket


def test_the_right_device_with_the_right_token_opens_it_once() -> None:
    tickets = Tickets()
    name = issue(tickets)
    token = tickets.token(look(tickets, name), NOW)
    opened = tickets.redeem(name, token, CLIENT, NOW + 5)
    assert opened
    assert opened.url == URL
    assert look(tickets, name).used
    assert tickets.redeem(name, token, CLIENT, NOW + 6) is None


def test_another_device_sees_and_opens_nothing() -> None:
    tickets = Tickets()
    name = issue(tickets)
    token = tickets.token(look(tickets, name), NOW)
    assert tickets.find(name, "192.168.1.21", NOW) is None
    assert tickets.redeem(name, token, "192.168.1.21", NOW) is None
    assert tickets.redeem(name, token, CLIENT, NOW)


@pytest.mark.parametrize("wrong", ["", "x", "é", "\ud800", "a" * 10_000])
def test_a_wrong_token_opens_nothing_and_spoils_nothing(wrong: str) -> None:
    tickets = Tickets()
    name = issue(tickets)
    assert tickets.redeem(name, wrong, CLIENT, NOW) is None
    assert tickets.redeem(name, tickets.token(look(tickets, name), NOW), CLIENT, NOW)


def test_a_token_fits_its_own_ticket_only() -> None:
    tickets = Tickets()
    one, other = issue(tickets), issue(tickets)
    assert tickets.redeem(one, tickets.token(look(tickets, other), NOW), CLIENT, NOW) is None


def test_the_id_that_stands_on_the_hostile_page_is_not_the_token() -> None:
    tickets = Tickets()
    name = issue(tickets)
    assert tickets.token(look(tickets, name), NOW) != name
    assert tickets.redeem(name, name, CLIENT, NOW) is None


def test_what_the_family_blocked_never_opens() -> None:
    tickets = Tickets()
    name = issue(tickets, level=Level.BLOCK)
    assert tickets.redeem(name, tickets.token(look(tickets, name), NOW), CLIENT, NOW) is None


def test_a_ticket_dies_after_an_hour() -> None:
    tickets = Tickets()
    name = issue(tickets)
    ticket = look(tickets, name)
    token = tickets.token(ticket, NOW)
    assert tickets.find(name, CLIENT, NOW + LIFETIME - 1)
    assert tickets.find(name, CLIENT, NOW + LIFETIME) is None
    assert tickets.redeem(name, token, CLIENT, NOW + LIFETIME) is None
    with pytest.raises(KeyError):
        tickets.token(ticket, NOW + LIFETIME)


def test_a_page_that_clicks_without_end_cannot_fill_the_memory() -> None:
    numbers = itertools.count()
    tickets = Tickets(random_name=lambda: f"n{next(numbers)}", most=100)
    names = [issue(tickets) for _ in range(250)]
    assert len(tickets) == 100
    assert tickets.find(names[149], CLIENT, NOW) is None
    assert tickets.find(names[150], CLIENT, NOW)


def test_old_tickets_are_dropped_and_not_only_hidden() -> None:
    tickets = Tickets()
    for _ in range(5):
        issue(tickets)
    issue(tickets, now=NOW + LIFETIME)
    assert len(tickets) == 1


@pytest.mark.parametrize(
    ("host", "url", "kept"),
    [
        ("https://evil.test/", "https://evil.test/" + "a" * LONGEST_URL, "https://evil.test/"),
        ("http://evil.test:8000/", "x" * 9999, "http://evil.test:8000/"),
        ("https://evil.test/", "javascript:alert(1)", "https://evil.test/"),
        ("http://[2001:db8::7]/", "data:text/html,x", "http://[2001:db8::7]/"),
        ("https://evil.test/", "https://evil.test/ok?q=1", "https://evil.test/ok?q=1"),
    ],
)
def test_only_a_web_address_of_bounded_length_is_kept(host: str, url: str, kept: str) -> None:
    tickets = Tickets()
    link = parse_link(host)
    name = tickets.issue(
        link=link, url=url, client=CLIENT, level=Level.WARN, verdict=STORY_VERDICT, was_post=False, now=NOW
    )
    assert look(tickets, name).url == kept


def test_ids_cannot_be_guessed() -> None:
    tickets = Tickets()
    names = {issue(tickets) for _ in range(200)}
    assert len(names) == 200
    assert min(len(name) for name in names) >= 32
    assert tickets.find(host_link("x").host, CLIENT, NOW) is None
