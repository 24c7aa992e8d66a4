"""What goes up is read first: each case is something that a person or a page's script sends."""

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from sekisho.engine.bodies import Bodies, Body
from sekisho.engine.engine import Engine
from sekisho.engine.held_forms import HeldForm
from sekisho.engine.unseen_programs import UnseenProgram
from sekisho.link import host_link
from sekisho.policy.action import Action, Forward, Hold, HoldReason, Interstitial
from sekisho.policy.bodies import LONGEST_BODY, STREAM_OVER
from sekisho.policy.decisions import Decisions, go_on
from sekisho.policy.navigation import Kind
from sekisho.policy.request import Request
from sekisho.store import Release
from sekisho.verdict import Evidence, Level, Reason, Secret, Verdict

from ..proxy.conftest import CLEAN, NOW
from .conftest import CLIENT, make_request
from .test_releases import met

PASS, CAUTION = Verdict(Level.PASS), Verdict(Level.CAUTION)
FAMILIAR = Verdict(Level.PASS, familiar=True)
ALLOWED = Verdict(Level.PASS, (Evidence(Reason.FAMILY_ALLOW, Level.PASS, "decision 1", "told"),))
TYPE = "application/x-www-form-urlencoded"
PAY = f"https://{CLEAN}/pay"
SENT = "the request as it came"
DAY = 86_400.0


def body(content: bytes, content_type: str = TYPE) -> Body:
    return Body(content, content_type, copy=lambda: (SENT, len(content)))


CARD = body(urlencode({"no": "4242 4242 4242 4242"}).encode())
PASSWORD = body(b"user=hanako&password=sakura1995")


def form(url: str = PAY, **fields: Any) -> Request:
    return make_request(url, method="POST", **{"agent": "b", **fields})


def opened(url: str = PAY, **fields: Any) -> Request:
    return make_request(url, **{"site": "cross-site", "agent": "b", **fields})


def decide(engine: Engine, request: Request, sent: Body | None = None, verdict: Verdict = PASS) -> Action:
    return asyncio.run(engine.bodies.decide(request, verdict, sent or Body()))


def head(engine: Engine, request: Request, length: int | None, verdict: Verdict = PASS) -> Action:
    return asyncio.run(engine.bodies.decide_head(request, verdict, length))


def is_held(action: Action, reason: HoldReason = HoldReason.FORM) -> bool:
    return isinstance(action, Hold) and action.reason is reason


def is_cleared(action: Action) -> bool:
    """It goes up, as it is."""
    return isinstance(action, Forward) and action.cleared and action.replacement is None


def held_form(engine: Engine) -> HeldForm:
    return next(reversed(engine.forms._kept.values()))[0]


def answer(engine: Engine, *, send: bool = True) -> None:
    form = held_form(engine)
    engine.forms.answer(form.id, engine.forms.token(form, NOW), CLIENT, NOW, send=send)


def release(engine: Engine) -> None:
    assert engine.current.store
    engine.current.store.releases.add(Release(CLEAN, CLIENT, NOW, NOW + 60, "form page"))


def test_a_card_is_held_and_sent_once_as_it_was(engine: Engine) -> None:
    hold = decide(engine, form(), CARD)
    assert isinstance(hold, Hold)
    assert (hold.reason, hold.found, hold.new_here) == (HoldReason.FORM, (Secret.CARD,), True)
    kept = engine.forms.find(hold.id, CLIENT, NOW)
    assert kept is not None
    assert (kept.url, kept.link.host, kept.new_here) == (PAY, CLEAN, True)
    assert is_cleared(decide(engine, opened()))
    answer(engine)
    for other in (
        opened(f"https://{CLEAN}/other"),
        opened(client="192.168.1.30"),
        opened(site="same-origin"),
        opened(site="none"),
        opened(agent="another"),
    ):
        assert is_cleared(decide(engine, other))
    assert decide(engine, opened()) == Forward(PASS, cleared=True, replacement=SENT)
    assert is_cleared(decide(engine, opened()))


def test_a_no_sends_nothing(engine: Engine) -> None:
    decide(engine, form(), CARD)
    answer(engine, send=False)
    assert is_cleared(decide(engine, opened()))
    assert engine.forms.size == 0


def test_a_form_waits_for_the_browser_where_the_family_allows_its_host_meanwhile(engine: Engine) -> None:
    """Else the browser would fetch the address by GET, and what was typed would be gone."""
    decide(engine, form(), CARD)
    answer(engine)
    assert head(engine, opened(), None, ALLOWED) == Forward(ALLOWED, cleared=False)
    assert decide(engine, opened(), verdict=ALLOWED) == Forward(ALLOWED, cleared=True, replacement=SENT)
    assert is_cleared(head(engine, opened(), None, ALLOWED))


PASSWORDS = [
    ("known for two days", PASS, "https", 2 * DAY, False),
    ("known since today", PASS, "https", 3_600.0, True),
    ("caution", CAUTION, "https", 2 * DAY, True),
    ("plain http", PASS, "http", 2 * DAY, True),
]


@pytest.mark.parametrize(
    ("verdict", "scheme", "seconds", "held"), [row[1:] for row in PASSWORDS], ids=[r[0] for r in PASSWORDS]
)
def test_passwords(engine: Engine, verdict: Verdict, scheme: str, seconds: float, held: bool) -> None:
    met(engine, NOW - seconds)
    action = decide(engine, form(f"{scheme}://{CLEAN}/login"), PASSWORD, verdict)
    assert is_held(action) is held
    assert is_cleared(action) is not held


@pytest.mark.parametrize(
    ("url", "verdict"),
    [(PAY, FAMILIAR), (f"http://{CLEAN}/login", ALLOWED), ("http://192.168.1.1/login", PASS)],
    ids=["familiar", "allowed by the family", "home network"],
)
def test_what_is_left_alone_is_not_read_by_its_head_alone(engine: Engine, url: str, verdict: Verdict) -> None:
    for request in (form(url), opened(url)):
        assert is_cleared(head(engine, request, None, verdict))
        assert is_cleared(head(engine, request, LONGEST_BODY * 9, verdict))
    assert engine.bodies.is_free(form(url), verdict)


@pytest.mark.parametrize("length", [0, STREAM_OVER, STREAM_OVER + 1, LONGEST_BODY, None])
def test_whatever_else_is_read_to_its_end(engine: Engine, length: int | None) -> None:
    assert head(engine, form(), length) == head(engine, opened(), length) == Forward(PASS)


def test_an_honest_form_goes_up_without_a_question(engine: Engine) -> None:
    assert is_cleared(decide(engine, form(), body(b"name=hanako&tel=03-1234-5678")))
    assert len(engine.forms) == 0


def test_a_script_is_refused_and_the_next_click_tells_of_it_once(engine: Engine) -> None:
    call = form(f"https://{CLEAN}/api", kind=Kind.RESOURCE, referer=f"https://{CLEAN}/shop?x=1")
    refused = decide(engine, call, body(b'{"password": "sakura1995"}', "application/json"))
    assert is_held(refused, HoldReason.SCRIPT)
    assert held_form(engine).url == f"https://{CLEAN}/shop?x=1"
    assert engine.forms.size == 0
    sentence = decide(engine, opened(f"https://{CLEAN}/"))
    assert isinstance(sentence, Hold)
    assert (sentence.earlier, sentence.found, sentence.id) == (True, (Secret.PASSWORD,), held_form(engine).id)
    assert is_cleared(decide(engine, opened(f"https://{CLEAN}/")))


@pytest.mark.parametrize(
    ("url", "referer", "page"),
    [
        (f"https://{CLEAN}/api?x=1", "", f"https://{CLEAN}/"),
        (f"https://{CLEAN}/api", "https://other.example/", f"https://{CLEAN}/"),
        (f"https://{CLEAN}/api", f"https://{CLEAN}.evil.example/", f"https://{CLEAN}/"),
        (f"wss://{CLEAN}/api", f"https://{CLEAN}/chat", f"https://{CLEAN}/chat"),
        (f"ws://{CLEAN}/api", "", f"http://{CLEAN}/"),
    ],
)
def test_the_person_is_led_back_to_the_page_of_the_script_and_nowhere_else(
    engine: Engine, url: str, referer: str, page: str
) -> None:
    decide(engine, form(url, kind=Kind.RESOURCE, referer=referer), CARD)
    assert held_form(engine).url == page


def test_an_answer_that_was_given_lets_it_up_and_long_ones_stream(engine: Engine) -> None:
    assert is_held(decide(engine, form(), CARD))
    release(engine)
    assert is_cleared(decide(engine, form(), CARD))
    assert is_cleared(head(engine, form(), LONGEST_BODY * 9))
    assert is_held(decide(engine, form(client="192.168.1.30"), CARD))


def test_what_is_too_long_is_told_at_once_and_what_turned_out_to_be_too(engine: Engine) -> None:
    assert is_held(head(engine, form(), LONGEST_BODY + 1), HoldReason.TOO_LONG)
    assert is_held(decide(engine, form(), Body(is_too_long=True)), HoldReason.TOO_LONG)
    assert engine.forms.size == 0
    # The request itself was answered by the page that tells of it; the next click is not.
    assert is_cleared(decide(engine, opened()))


def test_a_script_that_sends_too_much_is_told_of_by_the_next_click(engine: Engine) -> None:
    upload = form(kind=Kind.RESOURCE)
    assert is_held(head(engine, upload, LONGEST_BODY + 1), HoldReason.TOO_LONG)
    sentence = decide(engine, opened())
    assert isinstance(sentence, Hold)
    assert (sentence.reason, sentence.earlier) == (HoldReason.TOO_LONG, True)


def test_a_store_that_fails_holds(engine: Engine) -> None:
    engine.current.store = None
    assert is_held(decide(engine, form(), PASSWORD))


def test_a_secret_in_a_query_is_held_unless_the_link_was_followed(engine: Engine) -> None:
    """A shop's own form by GET; and the link in a mail that carries a code, which nobody typed."""
    url = f"https://{CLEAN}/login?otp=482913"
    assert is_held(decide(engine, opened(url, site="same-origin")))
    assert is_cleared(decide(engine, opened(url, site="none")))


def test_a_long_body_is_read_as_a_short_one(engine: Engine) -> None:
    """In a thread, so that nobody else waits."""
    padding = urlencode({"text": "words " * 9_000}).encode()
    assert is_held(decide(engine, form(), body(padding + b"&" + CARD.content)))
    assert is_cleared(decide(engine, form(), body(padding)))


def message(engine: Engine, content: bytes, verdict: Verdict = PASS, **fields: Any) -> Action:
    request = make_request(f"https://{CLEAN}/chat", **{"kind": Kind.RESOURCE, "site": "", **fields})
    return asyncio.run(engine.bodies.decide_message(request, verdict, content))


def test_messages_of_a_websocket(engine: Engine) -> None:
    assert is_cleared(message(engine, b'{"text": "hello"}'))
    assert is_cleared(message(engine, b""))
    hold = message(engine, b'{"otp": "482913"}')
    assert is_held(hold, HoldReason.SCRIPT)
    assert isinstance(hold, Hold)
    assert hold.new_here is False
    assert is_cleared(message(engine, b'{"otp": "482913"}', ALLOWED))
    release(engine)
    assert is_cleared(message(engine, b'{"otp": "482913"}'))


def test_a_message_that_was_stopped_is_told_of_though_its_socket_looked_like_a_click(engine: Engine) -> None:
    """Old browsers say nothing of the kind over plain http."""
    assert is_held(message(engine, b'{"otp": "482913"}', kind=Kind.CLICK), HoldReason.SCRIPT)
    sentence = decide(engine, opened())
    assert isinstance(sentence, Hold)
    assert sentence.earlier


def test_the_query_of_a_websocket_is_not_in_each_of_its_messages(engine: Engine) -> None:
    request = make_request(f"https://{CLEAN}/chat?otp=482913", Kind.RESOURCE)
    assert is_cleared(asyncio.run(engine.bodies.decide_message(request, PASS, b"hello")))


def test_a_field_that_the_page_masks_is_a_password_whatever_its_name(engine: Engine) -> None:
    html = b'<form><input type=password name="f_17"></form>'
    engine.bodies.read_page(opened(), PASS, Body(html, "text/HTML; charset=utf-8"))
    assert is_held(decide(engine, form(), body(b"f_17=sakura1995")))
    assert is_held(decide(engine, form(f"https://www.{CLEAN}/"), body(b"f_17=sakura1995")))
    assert is_cleared(decide(engine, form(), body(b"f_18=sakura1995")))


@pytest.mark.parametrize(
    ("verdict", "content_type"), [(FAMILIAR, "text/html"), (PASS, "text/plain")], ids=["familiar", "no page"]
)
def test_pages_that_are_not_read_for_their_fields(
    engine: Engine, verdict: Verdict, content_type: str
) -> None:
    engine.bodies.read_page(opened(), verdict, Body(b"<input type=password name=f_17>", content_type))
    assert is_cleared(decide(engine, form(), body(b"f_17=sakura1995")))


def test_the_memory_of_masked_fields_has_bounds(engine: Engine) -> None:
    """A hostile page may mask a million of them."""
    bodies: Bodies = engine.bodies
    for number in range(600):
        bodies.note_masked(host_link(f"h{number}.example"), frozenset({"pw"}))
    bodies.note_masked(host_link(CLEAN), frozenset(f"f{number}" for number in range(999)))
    assert len(bodies._masked) == 500
    assert len(bodies._masked[CLEAN]) == 50


@pytest.fixture
def program(engine: Engine) -> UnseenProgram:
    link, verdict = host_link("files.example"), Verdict(Level.CAUTION)
    hosts = frozenset({"files.example", CLEAN})
    program = UnseenProgram(link, "https://files.example/setup.exe", verdict, hosts)
    engine.bodies._unseen.note(CLIENT, program, NOW)
    return program


def test_a_program_that_nobody_saw_is_asked_about_on_the_next_page_once(
    engine: Engine, program: UnseenProgram
) -> None:
    for unseen in (
        form(),
        opened(is_seen=False),
        opened(kind=Kind.FRAME),
        opened(client="192.168.1.30"),
        opened("https://other.example/"),
    ):
        assert is_cleared(decide(engine, unseen))
    assert decide(engine, opened()) == Interstitial(program.link, program.verdict, program.url)
    assert is_cleared(decide(engine, opened()))
    asyncio.run(engine.visits.write())
    assert engine.current.store is not None
    assert [(line.host, line.level) for line in engine.current.store.visits.log(limit=9)] == [
        ("files.example", Level.CAUTION)
    ]


def test_a_program_is_not_asked_about_where_the_person_chose_to_go_on(
    engine: Engine, program: UnseenProgram
) -> None:
    assert engine.current.policy
    gone_on = Decisions((go_on(program.link, CLIENT, NOW, 10),))
    engine.current.install(engine.current.policy.with_decisions(gone_on))
    assert is_cleared(decide(engine, opened()))


def test_every_name_must_be_released(engine: Engine) -> None:
    """A request that names two hosts reaches one of them, and nobody says which."""
    release(engine)
    two = replace(form(), links=(host_link(CLEAN), host_link("other.example")))
    assert is_held(decide(engine, two, CARD))
