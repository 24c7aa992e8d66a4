"""PageFacts: what a page shows and asks for, as plain values. Read by `reading`, judged by `judge`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sekisho.verdict import PageSign, Secret


@dataclass(frozen=True, slots=True)
class Field:
    """One place to type something."""

    secret: Secret
    """What is typed there."""
    label: str
    """The words that say so: at most 80 characters of a label, a placeholder or a name."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page. Texts are as the page holds them, white space made one blank; hosts are in lower case."""

    title: str = ""
    site_names: tuple[str, ...] = ()
    """og:site_name and application-name."""
    authors: tuple[str, ...] = ()
    """Meta author, title and description, and og:title."""
    addresses: tuple[str, ...] = ()
    """Hosts that the page says it stands at: canonical, og:url, "saved from url"."""
    icons: tuple[str, ...] = ()
    """Hosts from which its icons come."""
    icon_hashes: tuple[str, ...] = ()
    """Of the icons that stand in the page itself (``data:``), as `icons.hashes_of` writes them."""
    icon_links: tuple[str, ...] = ()
    """Where its other icons are, as the page writes it."""
    assets: tuple[str, ...] = ()
    """Hosts from which pictures and style sheets come, each once."""
    headings: tuple[str, ...] = ()
    first_lines: tuple[str, ...] = ()
    """With which the words of the page and of each form that asks begin, where these lines are short."""
    copyrights: tuple[str, ...] = ()
    own: Mapping[PageSign, tuple[str, ...]] = field(default_factory=dict)
    """What the sign's own reader found, where it has one: `signs.spec.SignSpec.read`."""
    links: tuple[str, ...] = ()
    """Other hosts to which its links lead, each once."""
    near_form: str = ""
    """The words of the forms that ask, and of what stands beside them."""
    text: str = ""
    """The visible words, cut at `reading.MOST_TEXT` characters."""
    fields: tuple[Field, ...] = ()
    telephones: tuple[str, ...] = ()
    frames: int = 0
    opaque: bool = False
    """Almost no words, no field, and a long encoded text that a script writes out."""
    reduced: bool = False
    """Nested or written so that a parser would take too long: only the tags that tell were read."""
    cut: bool = False
    """Longer than what is read of a page."""

    @property
    def asks(self) -> tuple[Secret, ...]:
        """What it asks for, each once, the worst first."""
        there = {field.secret for field in self.fields}
        return tuple(secret for secret in Secret if secret in there)
