"""Protocols: ask a registry about one domain, by RDAP, or at JPRS by WHOIS, and read when it was registered.

RDAP (RFC 7480, 9082, 9083). Servers differ: names in capitals or as IDNs, events without dates, dates of the year 1.
A missing date means that there is none; an answer about another name is refused.

WHOIS: a line out, lines back, the end (RFC 3912). JPRS answers in two forms, each in English and in Japanese (UTF-8
or ISO-2022-JP). General-use names say ``[Created on] 2018/03/21``, names of organisations (co.jp, ac.jp …) say
``[Registered Date] 2001/05/14`` and set a letter before some labels; in Japanese both say ``[登録年月日]``. Days are
days in Japan. Names from before March 1993 have no day (JPRS, "WHOISご利用ガイド").

Reading is pure; `ask_rdap` and `ask_jprs` do the I/O.
"""

import asyncio
import json
import re
from collections.abc import Callable, Collection

from sekisho.link import host_link
from sekisho.providers.registration.answer import (
    EARLIEST,
    NoAnswerError,
    State,
    parse_date,
    parse_japanese_day,
)
from sekisho.providers.registration.fetch import Fetcher, trouble_of

RDAP_BYTES = 256 * 1024
"""Answers of registries are of 2 to 20 KiB."""
WHOIS_BYTES = 64 * 1024
"""Answers are of 1 to 2 KiB."""
_ACTIONS = frozenset({"registration", "reregistration"})
"""RFC 9083 §10.2.3. A name that lapsed and was registered anew is as young as its last registration."""
_LINE = re.compile(r"(?:[a-z]\.\s*)?\[([^\[\]]+)\](.*)")
_DAY_LABELS = frozenset({"created on", "registered date", "登録年月日"})
_NAME_LABELS = frozenset({"domain name", "ドメイン名", "punycode"})
_NO_MATCH = re.compile(r"no match|該当するデータ(?:が|は)?(?:あ|存在し|見)", re.IGNORECASE)
# The server's own words are not documented. "restricted" must not count: it stands in every answer.
_TOO_OFTEN = re.compile(r"limit|too many|exceed|excessive|制限|しばらく|回数", re.IGNORECASE)
_REFUSED = re.compile(r"denied|refused|forbidden|prohibited|拒否", re.IGNORECASE)


async def ask_rdap(
    fetcher: Fetcher, base: str, domain: str, *, hosts: Collection[str], clock: Callable[[], float]
) -> float | None:
    """Seconds since 1970 UTC of the registration; None where the server gives no date.

    `base` is a URL that ends in ``/``; `hosts` are those that a redirect may lead to; `clock` gives seconds
    since 1970 UTC. Raises NoAnswerError.
    """
    answer = await fetcher.get(
        f"{base}domain/{domain}",
        hosts=hosts,
        max_bytes=RDAP_BYTES,
        headers={"Accept": "application/rdap+json"},
    )
    if answer.status != 200:
        raise trouble_of(answer, clock())
    try:
        return read_rdap(answer.body, domain)
    except NoAnswerError as error:
        raise NoAnswerError(error.state, f"{answer.host}: {error}") from None


def read_rdap(body: bytes, domain: str) -> float | None:
    """Seconds since 1970 UTC of the last registration of `domain`; None where the server gives no date.

    Raises NoAnswerError (unreadable) where the answer is no RDAP domain, or that of another domain.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswerError(State.UNREADABLE, "the answer is no JSON") from None
    if not isinstance(answer, dict) or answer.get("objectClassName", "domain") != "domain":
        raise NoAnswerError(State.UNREADABLE, "the answer is no RDAP domain (RFC 9083)")
    if "errorCode" in answer:
        raise NoAnswerError(State.UNREADABLE, "the answer is an error without its HTTP status")
    name = answer.get("ldhName")
    if name is not None and (not isinstance(name, str) or host_link(name).host != domain):
        raise NoAnswerError(State.UNREADABLE, "the answer is about another domain")
    events = answer.get("events", [])
    if not isinstance(events, list):
        raise NoAnswerError(State.UNREADABLE, "the answer's events are no list")
    dates = [date for event in events if (date := _date_of(event)) is not None]
    return max(dates, default=None)


def _date_of(event: object) -> float | None:
    """When a name was registered, where the event says that."""
    if not isinstance(event, dict):
        return None
    action, text = event.get("eventAction"), event.get("eventDate")
    if not isinstance(action, str) or action.lower() not in _ACTIONS or not isinstance(text, str):
        return None
    try:
        date = parse_date(text)
    except ValueError:
        raise NoAnswerError(State.UNREADABLE, "the date of the registration cannot be read") from None
    return date if date >= EARLIEST else None


async def ask_jprs(server: tuple[str, int], domain: str, *, seconds: float) -> float | None:
    """Seconds since 1970 UTC of the day of registration; None where no day is given.

    `server` is host and port; `seconds` bounds the whole question. Raises NoAnswerError.
    """
    host, _ = server
    try:
        async with asyncio.timeout(seconds):
            answer = await _exchange(server, f"{domain}/e\r\n".encode("ascii"))
    except TimeoutError:
        raise NoAnswerError(State.UNREACHABLE, f"{host} did not answer within {seconds:g} s") from None
    except (OSError, ValueError) as error:
        sentence = f"{host} could not be asked ({type(error).__name__})"
        raise NoAnswerError(State.UNREACHABLE, sentence) from None
    if not answer.strip():
        raise NoAnswerError(State.UNREACHABLE, f"{host} hung up without an answer")
    try:
        return read_jprs(answer, domain)
    except NoAnswerError as error:
        raise NoAnswerError(error.state, f"{host}: {error}") from None


async def _exchange(server: tuple[str, int], question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(*server)
    try:
        writer.write(question)
        await writer.drain()
        answer = bytearray()
        while chunk := await reader.read(16_384):
            answer += chunk
            if len(answer) > WHOIS_BYTES:
                sentence = f"{server[0]} sends more than {WHOIS_BYTES // 1024} KiB"
                raise NoAnswerError(State.UNREADABLE, sentence)
        return bytes(answer)
    finally:
        writer.transport.abort()  # whatever the other side still wants to say


def read_jprs(answer: bytes, domain: str) -> float | None:
    """Seconds since 1970 UTC of the day on which `domain` was registered; None where no day is given.

    Raises NoAnswerError: unregistered, rate-limited, refused, or unreadable.
    """
    text = _text(answer)
    fields = [
        (found[1].strip().lower(), found[2].strip())
        for line in text.splitlines()
        if (found := _LINE.fullmatch(line.strip()))
    ]
    names = [value for label, value in fields if label in _NAME_LABELS and value]
    if not names:
        raise _without_a_name(text)
    if not any(host_link(name).host == domain for name in names):
        raise NoAnswerError(State.UNREADABLE, "the answer is about another domain")
    days = [value for label, value in fields if label in _DAY_LABELS and value]
    try:
        dates = [parse_japanese_day(value) for value in days]
    except ValueError:
        raise NoAnswerError(State.UNREADABLE, "the day of the registration cannot be read") from None
    return max((date for date in dates if date >= EARLIEST), default=None)


def _text(answer: bytes) -> str:
    """ISO-2022-JP is known by its escapes, which no other encoding uses."""
    return answer.decode("iso2022_jp" if b"\x1b$" in answer else "utf-8", "replace")


def _without_a_name(text: str) -> NoAnswerError:
    if _NO_MATCH.search(text):
        return NoAnswerError(State.UNREGISTERED, "the registry does not know the name")
    if _TOO_OFTEN.search(text):
        return NoAnswerError(State.RATE_LIMITED, "it was asked too often")
    if _REFUSED.search(text):
        return NoAnswerError(State.REFUSED, "it does not want to answer us")
    return NoAnswerError(State.UNREADABLE, "the answer is none of JPRS")
