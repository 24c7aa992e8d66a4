"""Each row of these tests is a click that somebody's mother makes, and what must happen to it."""

import asyncio

import pytest
from mitmproxy import http
from mitmproxy.test import tutils

from sekisho.engine.engine import Engine
from sekisho.link import parse_link
from sekisho.policy.bodies import LONGEST_BODY
from sekisho.portal.family_mark import MARK_NAME, FamilyMark, write_mark
from sekisho.proxy.click import Click
from sekisho.proxy.flows import ACTION
from sekisho.proxy.guard import Guard
from sekisho.store import Release
from sekisho.verdict import Level

from .conftest import CLEAN, FAKE, FAMILIAR, click, make_flow


def judge(engine: Engine, flow: http.HTTPFlow) -> http.Response | None:
    asyncio.run(Click(engine).requestheaders(flow))
    return flow.response


def approved(engine: Engine, flow: http.HTTPFlow) -> bool:
    server = engine.connections.is_approved(flow.client_conn.id, flow.request.host, flow.request.port)
    assert server == (ACTION in flow.metadata)
    return server


def test_a_click_on_a_fake_gets_the_warning_page_and_no_way_up(engine: Engine) -> None:
    flow = click(f"https://{FAKE}/login?mail=mother@example.com")
    response = judge(engine, flow)
    assert response is not None
    assert response.status_code == 403
    assert not approved(engine, flow)
    text = response.get_text() or ""
    assert "マイクロソフト" in text
    assert "https://microsoft.com" in text or "https://www.microsoft.com" in text
    assert "https://sekisho.internal/w/" in text
    assert "mother@example.com" not in text
    assert response.headers["cache-control"] == "no-store"


def test_the_ticket_remembers_the_whole_address_for_this_client(engine: Engine) -> None:
    flow = click(f"http://{FAKE}/login?x=1")
    response = judge(engine, flow)
    assert response is not None
    ticket_id = (response.get_text() or "").partition("http://sekisho.internal/w/")[2].partition("/")[0]
    ticket = engine.tickets.find(ticket_id, "192.168.1.20", engine.clock())
    assert ticket is not None
    assert ticket.url == f"http://{FAKE}/login?x=1"
    assert engine.tickets.find(ticket_id, "192.168.1.30", engine.clock()) is None


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_form_that_was_being_sent_is_said_to_be_unsent(engine: Engine, method: str) -> None:
    flow = click(f"https://{FAKE}/")
    flow.request.method = method
    judge(engine, flow)
    ticket = next(iter(engine.tickets._kept.values()))[0]
    assert ticket.was_post


def test_parts_of_a_page_and_frames_are_refused_in_one_line(engine: Engine) -> None:
    for headers in (
        {"sec_fetch_mode": "no-cors"},
        {"sec_fetch_mode": "navigate", "sec_fetch_dest": "iframe"},
    ):
        flow = make_flow(f"https://{FAKE}/x.png", **headers)
        response = judge(engine, flow)
        assert response is not None
        assert response.status_code == 403
        assert response.headers["content-type"].startswith("text/plain")
        assert not approved(engine, flow)


def test_a_clean_unfamiliar_site_passes(engine: Engine) -> None:
    flow = click(f"https://{CLEAN}/")
    assert judge(engine, flow) is None
    assert approved(engine, flow)


def test_a_familiar_site_passes_unread(engine: Engine) -> None:
    flow = click(f"http://www.{FAMILIAR}/account")
    assert judge(engine, flow) is None
    assert approved(engine, flow)
    assert flow.metadata[ACTION].cleared


def test_every_name_of_the_request_is_judged(engine: Engine) -> None:
    for flow in (
        click(f"https://{CLEAN}/", sni=FAKE),
        click(f"https://{CLEAN}/", host=FAKE),
        click(f"http://{FAMILIAR}/", host=FAKE),
    ):
        response = judge(engine, flow)
        assert response is not None
        assert response.status_code == 403


def test_a_familiar_name_does_not_cover_an_unfamiliar_one(engine: Engine) -> None:
    flow = click(f"https://{FAMILIAR}/", host=CLEAN)
    judge(engine, flow)
    assert flow.metadata[ACTION].verdict.familiar is False


def test_a_guess_ahead_is_not_served_so_that_the_click_comes_again(engine: Engine) -> None:
    for host in (CLEAN, FAKE):
        flow = click(f"https://{host}/", sec_purpose="prefetch;prerender")
        response = judge(engine, flow)
        assert response is not None
        assert (response.status_code, response.headers["cache-control"]) == (503, "no-store")
        assert not approved(engine, flow)


def test_a_service_worker_of_an_unfamiliar_site_is_not_delivered(engine: Engine) -> None:
    flow = make_flow(f"https://{CLEAN}/sw.js", service_worker="script", sec_fetch_mode="same-origin")
    response = judge(engine, flow)
    assert response is not None
    assert response.status_code == 403
    familiar = make_flow(f"http://{FAMILIAR}/sw.js", service_worker="script")
    assert judge(engine, familiar) is None


def test_the_family_s_block_leaves_no_way_on(engine: Engine) -> None:
    response = judge(engine, click("https://www.blocked.jp/"))
    assert response is not None
    assert response.status_code == 403
    text = response.get_text() or ""
    assert "/on" not in text
    assert "/ask" in text


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_where_the_family_has_a_picture_the_click_is_sent_to_the_page_that_shows_it(
    engine: Engine, scheme: str
) -> None:
    """Never a word of it on the blocked host, and the status and cookies of nobody."""
    write_mark(engine.settings.state, FamilyMark("sakura mochi"))
    flow = click(f"{scheme}://{FAKE}/?x=1")
    response = judge(engine, flow)
    assert response is not None
    assert response.status_code == 303
    assert response.headers["location"].startswith(f"{scheme}://sekisho.internal/w/")
    assert response.headers["cache-control"] == "no-store"
    assert not response.content
    name = response.headers["location"].rpartition("/")[2]
    assert engine.tickets.find(name, "192.168.1.20", engine.clock())
    assert not approved(engine, flow)


def test_a_damaged_picture_file_leaves_the_warning(engine: Engine) -> None:
    (engine.settings.state / MARK_NAME).write_text("{", "utf-8")
    response = judge(engine, click(f"https://{FAKE}/"))
    assert response is not None
    assert response.status_code == 403
    assert "マイクロソフト" in (response.get_text() or "")


def test_nothing_passes_while_nobody_can_judge(engine: Engine) -> None:
    engine.current.policy = None
    flow = click(f"https://{FAMILIAR}/")
    assert judge(engine, flow) is None
    assert not approved(engine, flow)


def test_a_click_whose_verdict_cannot_be_kept_is_not_approved(engine: Engine) -> None:
    engine.current.store = None
    flow = click(f"https://{CLEAN}/")
    assert judge(engine, flow) is None
    assert not approved(engine, flow)
    warned = click(f"https://{FAKE}/")
    response = judge(engine, warned)
    assert response is not None
    assert response.status_code == 403


def test_the_way_back_leads_to_a_familiar_page_only(engine: Engine) -> None:
    back = f"https://www.{FAMILIAR}/mail?folder=1"
    for referer, shown in ((back, True), (f"https://{CLEAN}/", False), ("javascript:alert(1)", False)):
        response = judge(engine, click(f"https://{FAKE}/", referer=referer))
        assert response is not None
        assert (referer.replace("&", "&amp;") in (response.get_text() or "")) is shown


def test_the_router_opens_for_who_typed_it_at_this_computer_only(engine: Engine) -> None:
    html = {"accept": "text/html"}
    typed = make_flow("http://192.168.1.1/", client="127.0.0.1", **html)
    assert judge(engine, typed) is None
    assert approved(engine, typed)
    for flow in (
        make_flow("http://192.168.1.1/", client="192.168.1.20", **html),
        make_flow("http://192.168.1.1/", client="127.0.0.1", referer="http://evil.example/", **html),
        make_flow("http://192.168.1.1/reboot.png", client="127.0.0.1", accept="image/*"),
        make_flow("http://127.0.0.1:631/", client="127.0.0.1", **html),
        make_flow("http://localhost/", client="127.0.0.1", **html),
    ):
        response = judge(engine, flow)
        assert response is not None
        assert response.status_code == 403
        assert not approved(engine, flow)


def test_another_addon_s_answer_is_not_overridden(engine: Engine) -> None:
    flow = click(f"https://{FAKE}/")
    flow.response = http.Response.make(418)
    judge(engine, flow)
    assert flow.response.status_code == 418


def test_the_portal_is_left_to_the_portal(engine: Engine) -> None:
    flow = click("https://sekisho.internal/w/x")
    assert judge(engine, flow) is None
    assert not approved(engine, flow)


STREAMED = [("10", False), ("65536", False), ("65537", True), ("", True), ("nonsense", True)]


@pytest.mark.parametrize(("length", "streamed"), STREAMED)
def test_long_bodies_stream_to_familiar_sites_only(engine: Engine, length: str, streamed: bool) -> None:
    headers = {"content_length": length} if length else {}
    flow = make_flow(f"http://{FAMILIAR}/upload", method="POST", **headers)
    judge(engine, flow)
    assert flow.request.stream is streamed
    unknown = make_flow(f"https://{CLEAN}/upload", method="POST", **headers)
    judge(engine, unknown)
    assert unknown.request.stream is False
    bad = make_flow(f"https://{FAKE}/upload", method="POST", **headers)
    judge(engine, bad)
    assert bad.request.stream is False


def answer(engine: Engine, flow: http.HTTPFlow, **headers: str) -> http.Response:
    judge(engine, flow)
    flow.response = tutils.tresp(headers=http.Headers([(k.encode(), v.encode()) for k, v in headers.items()]))
    Click(engine).responseheaders(flow)
    return flow.response


def test_no_browser_keeps_a_document_of_an_unfamiliar_site(engine: Engine) -> None:
    response = answer(engine, click(f"https://{CLEAN}/"), **{"Cache-Control": "max-age=99"})
    assert response.headers.get_all("cache-control") == ["no-store"]
    picture = answer(
        engine,
        make_flow(f"https://{CLEAN}/a.png", sec_fetch_mode="no-cors"),
        **{"Cache-Control": "max-age=99"},
    )
    assert picture.headers["cache-control"] == "max-age=99"
    familiar = answer(engine, click(f"http://{FAMILIAR}/"), **{"Cache-Control": "max-age=99"})
    assert familiar.headers["cache-control"] == "max-age=99"


def test_an_answer_to_a_request_that_nobody_approved_is_left_alone(engine: Engine) -> None:
    flow = click(f"https://{FAKE}/")
    judge(engine, flow)
    before = flow.response
    Click(engine).responseheaders(flow)
    assert flow.response is before


def test_to_have_gone_on_lets_the_site_and_its_pictures_through(engine: Engine) -> None:
    judge(engine, click(f"https://{FAKE}/"))
    ticket = next(iter(engine.tickets._kept.values()))[0]

    async def choose() -> None:
        engine.current.started()
        await asyncio.to_thread(engine.family.go_on, ticket)

    asyncio.run(choose())
    flow = click(f"https://{FAKE}/")
    assert judge(engine, flow) is None
    assert flow.metadata[ACTION].verdict.level is Level.CAUTION
    picture = make_flow(f"https://img.{FAKE}/a.png", sec_fetch_mode="no-cors")
    assert judge(engine, picture) is None
    other = click(f"https://{FAKE}/", client="192.168.1.30")
    assert judge(engine, other) is not None


def test_what_is_open_is_known_until_its_client_leaves(engine: Engine) -> None:
    flow, gone = (make_flow(f"https://{CLEAN}/chat", sec_fetch_mode="websocket", sni=CLEAN) for _ in range(2))
    gone.client_conn.id, gone.client_conn.timestamp_end = "gone", 1.0
    for each in (flow, gone, click(f"https://{FAKE}/")):
        judge(engine, each)
    assert engine.connections.bad(lambda link, client: Level.BLOCK) == [
        (flow.client_conn.id, parse_link(flow.request.url))
    ]
    assert not engine.connections.is_approved("gone", CLEAN, 443)


def test_what_is_too_long_is_answered_at_its_head_and_gets_no_way_up(engine: Engine) -> None:
    flow = click(f"https://{CLEAN}/upload", content_length=str(LONGEST_BODY + 1))
    flow.request.method = "POST"
    response = judge(engine, flow)
    assert response is not None
    assert response.status_code == 413
    assert flow.request.stream is False
    assert not approved(engine, flow)


def test_a_long_body_streams_to_a_host_that_this_device_has_released(engine: Engine) -> None:
    assert engine.current.store is not None
    now = engine.clock()
    engine.current.store.releases.add(Release(CLEAN, "192.168.1.20", now, now + 60, "form page"))
    for client, streamed in (("192.168.1.20", True), ("192.168.1.30", False)):
        flow = click(f"https://{CLEAN}/upload", client=client, content_length=str(LONGEST_BODY - 1))
        flow.request.method = "POST"
        assert judge(engine, flow) is None
        assert flow.request.stream is streamed
        assert flow.metadata[ACTION].cleared is streamed


@pytest.mark.parametrize("missing", [False, True], ids=["bad", "nobody can judge"])
def test_a_flow_that_is_sent_again_is_judged_by_what_it_asks_for_now(engine: Engine, missing: bool) -> None:
    """Power users edit a request in mitmproxy and replay it; what was decided of the first is not of the second."""
    flow = click(f"https://{FAMILIAR}/")
    judge(engine, flow)
    assert flow.metadata[ACTION].cleared
    flow.request.url = f"https://{FAKE}/"
    if missing:
        engine.current.policy = None
    judge(engine, flow)
    assert ACTION not in flow.metadata
    assert not approved(engine, flow)
    assert (flow.response is None) is missing
    Guard(engine.connections).requestheaders(flow)
    assert flow.response is not None
