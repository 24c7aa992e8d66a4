"""RDAP, and the two forms of JPRS, each in both languages, as their servers write them."""

import asyncio
import json
import socket
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.registration.answer import NoAnswerError, State, parse_date, parse_japanese_day
from sekisho.providers.registration.fetch import Fetcher
from sekisho.providers.registration.protocols import ask_jprs, ask_rdap, read_jprs, read_rdap

from .conftest import NOW
from .servers import Answer, WebServer, WhoisServer, domain_answer


def ask_web(web: WebServer, domain: str) -> float | None:
    async def act() -> float | None:
        fetcher = Fetcher()
        try:
            return await ask_rdap(fetcher, f"{web.url}/org/", domain, hosts=(), clock=lambda: NOW)
        finally:
            await fetcher.close()

    return asyncio.run(act())


def test_the_domain_and_nothing_else_is_asked_for(web: WebServer) -> None:
    web.answers["/org/domain/example.org"] = domain_answer("example.org")
    assert ask_web(web, "example.org") == parse_date("2026-11-21T08:30:00Z")
    assert web.heard == ["GET /org/domain/example.org"]
    assert web.headers[0]["accept"] == "application/rdap+json"


def test_a_name_that_the_registry_does_not_know(web: WebServer) -> None:
    with pytest.raises(NoAnswerError) as error:
        ask_web(web, "example.org")
    assert error.value.state is State.UNREGISTERED


def test_a_server_that_counts_says_when_it_may_be_asked_again(web: WebServer) -> None:
    headers = {"Retry-After": "Tue, 24 Nov 2026 10:01:30 GMT"}
    web.answers["/org/domain/example.org"] = Answer(b"", 429, headers)
    with pytest.raises(NoAnswerError, match=r"127\.0\.0\.1 was asked too often") as error:
        ask_web(web, "example.org")
    assert error.value.retry_after == 90.0


def test_trouble_with_an_answer_names_the_server(web: WebServer) -> None:
    web.answers["/org/domain/example.org"] = Answer(b"<html>welcome</html>")
    with pytest.raises(NoAnswerError, match=r"127\.0\.0\.1: the answer is no JSON"):
        ask_web(web, "example.org")


def answer(**fields: Any) -> bytes:
    return json.dumps({"objectClassName": "domain", **fields}).encode()


def event(action: str, date: object) -> dict[str, object]:
    return {"eventAction": action, "eventDate": date}


def test_the_registration_is_found_among_other_events() -> None:
    body = answer(
        ldhName="EXAMPLE.ORG.",
        events=[
            event("last changed", "2026-11-23T00:00:00Z"),
            event("registration", "2018-03-21T07:13:44Z"),
            event("expiration", "2027-03-21T07:13:44Z"),
            event("last update of RDAP database", "2026-11-24T00:00:00Z"),
        ],
    )
    assert read_rdap(body, "example.org") == parse_date("2018-03-21T07:13:44Z")


def test_a_name_that_was_registered_anew_is_as_young_as_that() -> None:
    """An old name that lapsed is bought just because it looks old."""
    body = answer(
        events=[
            event("registration", "2001-01-01T00:00:00Z"),
            event("reregistration", "2026-11-20T00:00:00Z"),
        ]
    )
    assert read_rdap(body, "example.org") == parse_date("2026-11-20T00:00:00Z")


@pytest.mark.parametrize("name", ["xn--wgv71a119e.jp", "XN--WGV71A119E.JP", "日本語.jp", "日本語.JP."])
def test_a_name_in_any_spelling_is_the_one_that_was_asked_about(name: str) -> None:
    body = answer(ldhName=name, events=[event("registration", "2018-03-21")])
    assert read_rdap(body, "xn--wgv71a119e.jp") == parse_date("2018-03-21")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"events": []},
        {"events": [event("last changed", "2018-03-21T07:13:44Z")]},
        {"events": [event("registration", None), {"eventAction": "registration"}, 3, None, [], {}]},
        {"events": [event("registration", "0001-01-01T00:00:00Z")]},
        {"events": [event("registration", "1970-01-01T00:00:00Z")]},
    ],
)
def test_a_server_that_tells_no_date_is_taken_at_its_word(fields: dict[str, Any]) -> None:
    assert read_rdap(answer(**fields), "example.org") is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "no JSON"),
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff\xff", "no JSON"),
        (b"[]", "no RDAP domain"),
        (b"null", "no RDAP domain"),
        (answer(objectClassName="entity"), "no RDAP domain"),
        (answer(objectClassName=["domain"]), "no RDAP domain"),
        (answer(errorCode=429), "error"),
        (answer(ldhName="other.example"), "another domain"),
        (answer(ldhName=3), "another domain"),
        (answer(events={"registration": "2018-03-21"}), "no list"),
        (answer(events=[event("registration", "some day")]), "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_told(body: bytes, sentence: str) -> None:
    with pytest.raises(NoAnswerError, match=sentence) as error:
        read_rdap(body, "example.org")
    assert error.value.state is State.UNREADABLE


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
_EVENTS = st.lists(
    st.fixed_dictionaries({"eventAction": st.just("registration") | _JSON, "eventDate": _JSON}) | _JSON,
    max_size=3,
)
_ANSWERS = st.fixed_dictionaries(
    {}, optional={"objectClassName": st.just("domain") | _JSON, "ldhName": _JSON, "events": _EVENTS | _JSON}
)


@given(st.binary(max_size=200) | _ANSWERS.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_date_none_or_the_documented_error(body: bytes) -> None:
    try:
        registered = read_rdap(body, "example.org")
    except NoAnswerError:
        return
    assert registered is None or registered > 0


HEADER = """\
[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes. For further information,     ]
[ use 'whois -h whois.jprs.jp help'. To suppress Japanese output, add'/e'     ]
[ at the end of command, e.g. 'whois -h whois.jprs.jp xxx/e'.                 ]

"""

GENERAL = f"""{HEADER}Domain Information:
[Domain Name]                   EXAMPLE.JP

[Registrant]                    Example K.K.

[Name Server]                   ns1.example.jp
[Signing Key]

[Created on]                    2018/03/21
[Expires on]                    2027/03/31
[Status]                        Active
[Last Updated]                  2026/04/01 01:05:04 (JST)
"""

GENERAL_JAPANESE = f"""{HEADER}Domain Information: [ドメイン情報]
[Domain Name]                   EXAMPLE.JP

[登録者名]                      例示株式会社
[Registrant]                    Example K.K.

[登録年月日]                    2018/03/21
[有効期限]                      2027/03/31
[状態]                          Active
[最終更新]                      2026/04/01 01:05:04 (JST)
"""

ORGANISATION = f"""{HEADER}Domain Information:
a. [Domain Name]                EXAMPLE.CO.JP
g. [Organization]               Example K.K.
l. [Organization Type]          Corporation
m. [Administrative Contact]     AB1234JP
p. [Name Server]                ns1.example.co.jp
s. [Signing Key]
[State]                         Connected (2027/05/31)
[Lock Status]                   AgentChangeLocked
[Registered Date]               2001/05/14
[Connected Date]                2001/05/22
[Last Update]                   2026/06/01 01:05:03 (JST)
"""

ORGANISATION_JAPANESE = f"""{HEADER}Domain Information: [ドメイン情報]
a. [ドメイン名]                 EXAMPLE.CO.JP
e. [そしきめい]                 れいじ
f. [組織名]                     例示株式会社
g. [Organization]               Example K.K.
[状態]                          Connected (2027/05/31)
[登録年月日]                    2001/05/14
[接続年月日]                    2001/05/22
[最終更新]                      2026/06/01 01:05:03 (JST)
"""

FORMS = [
    ("general", GENERAL, "example.jp", "2018/03/21"),
    ("general, Japanese", GENERAL_JAPANESE, "example.jp", "2018/03/21"),
    ("organisation", ORGANISATION, "example.co.jp", "2001/05/14"),
    ("organisation, Japanese", ORGANISATION_JAPANESE, "example.co.jp", "2001/05/14"),
]


@pytest.mark.parametrize("encoding", ["iso2022_jp", "utf-8"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("form", "domain", "day"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_both_forms_are_read_in_both_languages(
    form: str, domain: str, day: str, end: str, encoding: str
) -> None:
    raw = form.replace("\n", end).encode(encoding)
    assert read_jprs(raw, domain) == parse_japanese_day(day)


def test_a_japanese_name_is_recognised() -> None:
    form = GENERAL.replace("EXAMPLE.JP", "日本語.JP", 1)
    assert read_jprs(form.encode("iso2022_jp"), "xn--wgv71a119e.jp") is not None
    form = GENERAL.replace("EXAMPLE.JP", "??.JP\n[Punycode]                     xn--wgv71a119e.jp", 1)
    assert read_jprs(form.encode(), "xn--wgv71a119e.jp") is not None


@pytest.mark.parametrize(
    "form",
    [
        ORGANISATION.replace("2001/05/14", ""),  # names from before March 1993
        ORGANISATION.replace("[Registered Date]               2001/05/14\n", ""),
        GENERAL.replace("[Created on]                    2018/03/21\n", ""),
    ],
)
def test_a_name_without_a_day_is_registered_all_the_same(form: str) -> None:
    domain = "example.co.jp" if "CO.JP" in form else "example.jp"
    assert read_jprs(form.encode(), domain) is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"{HEADER}No match!!\n\n[ Note ]\n", State.UNREGISTERED),
        (f"{HEADER}該当するデータがありません。\n", State.UNREGISTERED),
        ("Query limit exceeded. Please try again later.\n", State.RATE_LIMITED),
        (f"{HEADER}Too many requests from your address\n", State.RATE_LIMITED),
        ("短時間に多数の検索が行われたため、検索を制限しています。\n", State.RATE_LIMITED),
        ("Access denied\n", State.REFUSED),
        (HEADER, State.UNREADABLE),
        ("", State.UNREADABLE),
        ("<html>502 Bad Gateway</html>", State.UNREADABLE),
        (GENERAL.replace("EXAMPLE.JP", "OTHER.JP", 1), State.UNREADABLE),
        (GENERAL.replace("2018/03/21", "some day"), State.UNREADABLE),
    ],
)
def test_each_way_to_give_no_day_is_told_apart(text: str, state: State) -> None:
    with pytest.raises(NoAnswerError) as error:
        read_jprs(text.encode(), "example.jp")
    assert error.value.state is state


def test_a_registrant_cannot_play_the_registry() -> None:
    """Whoever registers a name chooses its holder's name, and would like to be old or unknown."""
    form = GENERAL.replace("Example K.K.", "No match!! limit exceeded [Created on] 1999/01/01")
    assert read_jprs(form.encode(), "example.jp") == parse_japanese_day("2018/03/21")


_LINES = st.lists(
    st.sampled_from([*GENERAL.splitlines(), *ORGANISATION_JAPANESE.splitlines()]) | st.text(max_size=40),
    max_size=12,
)


@given(
    st.binary(max_size=300)
    | _LINES.map(lambda lines: "\n".join(lines).encode("iso2022_jp", "replace"))
    | _LINES.map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))
)
def test_any_bytes_are_a_day_none_or_the_documented_error(raw: bytes) -> None:
    try:
        registered = read_jprs(raw, "example.jp")
    except NoAnswerError:
        return
    assert registered is None or registered > 0


def ask_port(port: int, domain: str, seconds: float = 5.0) -> float | None:
    return asyncio.run(ask_jprs(("127.0.0.1", port), domain, seconds=seconds))


def trouble(port: int, domain: str = "example.jp", seconds: float = 5.0) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as error:
        ask_port(port, domain, seconds)
    return error.value


def test_one_line_asks_for_the_domain_in_english(jprs: WhoisServer) -> None:
    jprs.answers["example.jp/e"] = GENERAL.encode()
    assert ask_port(jprs.port, "example.jp") == parse_japanese_day("2018/03/21")
    assert jprs.heard == [b"example.jp/e\r\n"]


def test_an_answer_in_japanese_is_read_all_the_same(jprs: WhoisServer) -> None:
    jprs.answers["example.co.jp/e"] = ORGANISATION_JAPANESE.encode("iso2022_jp")
    assert ask_port(jprs.port, "example.co.jp") == parse_japanese_day("2001/05/14")


def test_a_server_that_hangs_up_is_unreachable(jprs: WhoisServer) -> None:
    error = trouble(jprs.port)
    assert error.state is State.UNREACHABLE
    assert str(error) == "127.0.0.1 hung up without an answer"


def test_trouble_with_an_answer_names_jprs(jprs: WhoisServer) -> None:
    jprs.answers["example.jp/e"] = b"No match!!\r\n"
    error = trouble(jprs.port)
    assert error.state is State.UNREGISTERED
    assert str(error).startswith("127.0.0.1: ")


def test_a_huge_answer_is_cut_off(jprs: WhoisServer) -> None:
    jprs.answers["example.jp/e"] = b"x" * 20_000_000
    error = trouble(jprs.port)
    assert error.state is State.UNREADABLE
    assert "more than 64 KiB" in str(error)


def test_a_slow_drip_ends_in_time(jprs: WhoisServer) -> None:
    jprs.drips = True
    began = time.monotonic()
    error = trouble(jprs.port, seconds=0.3)
    assert time.monotonic() - began < 3
    assert error.state is State.UNREACHABLE
    assert "within 0.3 s" in str(error)


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        error = trouble(taken.getsockname()[1])
    assert error.state is State.UNREACHABLE
    assert "127.0.0.1 could not be asked" in str(error)
