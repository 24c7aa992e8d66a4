"""Examine: the bytes of one page → what is wrong with it and what it asks for. The whole package in one call. Pure."""

from typing import Any, NamedTuple

from sekisho.link import Link
from sekisho.page.decode import decode_page
from sekisho.page.index import PageIndex
from sekisho.page.judge import SOURCE, judge_page, standing_of
from sekisho.page.masked import password_fields
from sekisho.page.reading import read_page
from sekisho.page.standing import Standing, standing_from_dict
from sekisho.verdict import (
    Evidence,
    Level,
    PageSign,
    Reason,
    Secret,
    evidence_from_dict,
    evidence_to_dict,
)


class Examined(NamedTuple):
    """What became of one page."""

    evidence: tuple[Evidence, ...] = ()
    """The worst first; empty where nothing is wrong."""
    asks: tuple[Secret, ...] = ()
    """What the page asks for, the worst first, be it good or bad."""
    masked: tuple[str, ...] = ()
    """Names of the fields that it masks while they are typed into; a few at most."""
    standing: Standing | None = None
    """What a sign that is found later is weighed with; None where none would matter."""
    icons: tuple[str, ...] = ()
    """Where its icons are, as it writes it; a few at most."""

    @property
    def level(self) -> Level:
        """What the evidence makes of the page."""
        return self.evidence[0].level if self.evidence else Level.PASS

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `examined_from_dict` is the inverse."""
        return {
            "evidence": [evidence_to_dict(item) for item in self.evidence],
            "asks": [secret.value for secret in self.asks],
            "masked": list(self.masked),
            "standing": self.standing.as_dict() if self.standing else None,
            "icons": list(self.icons),
        }


def examined_from_dict(fields: Any) -> Examined:
    """The inverse of `Examined.as_dict`.

    Raises KeyError, TypeError, AttributeError or ValueError on a foreign shape.
    """
    return Examined(
        tuple(evidence_from_dict(item) for item in fields["evidence"]),
        tuple(Secret(asked) for asked in fields["asks"]),
        tuple(str(name)[:200] for name in fields["masked"]),
        standing_from_dict(fields["standing"]) if fields["standing"] is not None else None,
        tuple(str(address)[:500] for address in fields["icons"][:10]),
    )


def examine(body: bytes, content_type: str, link: Link, index: PageIndex) -> Examined:
    """Decode, read and judge a page that the host of `link` served.

    body: decompressed; what is longer than `decode.MOST_BYTES` is not read.
    content_type: the header of that name, or empty.
    """
    text, _, cut = decode_page(body, content_type)
    facts = read_page(text, index.fields, cut=cut)
    masked = tuple(sorted(password_fields(text))) if facts.fields else ()
    standing = standing_of(facts, link, index)
    found = judge_page(facts, link, index, standing)
    return Examined(found, facts.asks, masked, standing, facts.icon_links if standing else ())


def unchecked(why: str) -> Examined:
    """What stands for a page that could not be judged: it is not known to be clean.

    why: ends the sentence "the page could not be checked: …".
    """
    detail = f"the page could not be checked: {why}"
    signs = ((PageSign.UNCHECKED, why),)
    return Examined((Evidence(Reason.PAGE, Level.CAUTION, SOURCE, detail, signs=signs),))
