"""JPRS answer: what whois.jprs.jp says about a .jp domain → when it was registered. Pure.

Two forms, each in English and in Japanese (UTF-8 or ISO-2022-JP). General-use names say ``[Created
on] 2018/03/21``, names of organisations (co.jp, ac.jp …) say ``[Registered Date] 2001/05/14`` and set a
letter before some labels; in Japanese both say ``[登録年月日]``. Days are days in Japan. Names from
before March 1993 have no day (JPRS, "WHOISご利用ガイド").
"""

import re

from sekisho.link import host_link
from sekisho.providers.registration.age import EARLIEST, parse_japanese_day
from sekisho.providers.registration.answer import NoAnswerError, State

_LINE = re.compile(r"(?:[a-z]\.\s*)?\[([^\[\]]+)\](.*)")
_DAY_LABELS = frozenset({"created on", "registered date", "登録年月日"})
_NAME_LABELS = frozenset({"domain name", "ドメイン名", "punycode"})
_NO_MATCH = re.compile(r"no match|該当するデータ(?:が|は)?(?:あ|存在し|見)", re.IGNORECASE)
# The server's own words are not documented. "restricted" must not count: it stands in every answer.
_TOO_OFTEN = re.compile(r"limit|too many|exceed|excessive|制限|しばらく|回数", re.IGNORECASE)
_REFUSED = re.compile(r"denied|refused|forbidden|prohibited|拒否", re.IGNORECASE)


def read_registered(answer: bytes, domain: str) -> float | None:
    """Seconds since 1970 UTC of the day on which `domain` was registered; None where no day is told.

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
