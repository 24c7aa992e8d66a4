"""Standing: what speaks for a page being an imitation, kept so that a sign found later is weighed with the rest.

An icon is fetched after its page was judged and shown. Then the page need not be read again: its signs, what it
asks for, and what else bounds its score are kept, a few hundred bytes. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sekisho.verdict import PageSign, Secret

Signs = Mapping[str, Mapping[PageSign, tuple[str, float]]]
"""Slug → sign → the words that it was found in, and which share of its weight it has."""
_MOST = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """One page that asks, or that could not be read to where it might."""

    signs: Signs
    pressure: str
    """What it wants confirmed at once; empty where nothing is."""
    asks: tuple[Secret, ...]
    cut: bool
    """Longer than what is read of a page."""
    framed: bool
    """It shows other pages in frames."""
    unnamed: bool
    """Its title, or its few words, name no other site."""
    first_step: bool
    """It asks for a mail address or a telephone number only, and goes on to a login from there."""

    def with_icon(self, slug: str, site: str) -> "Standing":
        """With the brand's icon, as if it had stood in the page itself."""
        theirs = dict(self.signs.get(slug, {}))
        theirs.setdefault(PageSign.ICON, (site, 1.0))
        return replace(self, signs={**self.signs, slug: theirs})

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `standing_from_dict` is the inverse."""
        return {
            "signs": {
                slug: {sign.value: list(seen) for sign, seen in signs.items()}
                for slug, signs in self.signs.items()
            },
            "pressure": self.pressure,
            "asks": [secret.value for secret in self.asks],
            "cut": self.cut,
            "framed": self.framed,
            "unnamed": self.unnamed,
            "first_step": self.first_step,
        }


def standing_from_dict(fields: Any) -> Standing:
    """The inverse of `Standing.as_dict`.

    Raises KeyError, TypeError, AttributeError or ValueError on a foreign shape.
    """
    return Standing(
        {
            str(slug): {
                PageSign(sign): (str(words)[:_MOST], float(share)) for sign, (words, share) in signs.items()
            }
            for slug, signs in list(fields["signs"].items())[:_MOST]
        },
        str(fields["pressure"])[:_MOST],
        tuple(Secret(asked) for asked in fields["asks"]),
        cut=bool(fields["cut"]),
        framed=bool(fields["framed"]),
        unnamed=bool(fields["unnamed"]),
        first_step=bool(fields["first_step"]),
    )
