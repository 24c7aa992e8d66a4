"""Names that others bear too: what stands beside one makes the difference between a family's firm and a bank.

`spelled.weak_token` finds them. Of a name that is no word of every day (nomura, mizuho) more is made here: care
where it stands alone, a warning beside a word that asks for secrets.
"""

from sekisho.lookalike.index import Kind, LookalikeIndex
from sekisho.lookalike.reading import Finding, Reading, edges_of, written
from sekisho.lookalike.tricks.spec import Trait, TrickSpec
from sekisho.lookalike.tricks.spelled import weak_token
from sekisho.verdict import Trick

EVERYDAY = frozenset(
    {
        "app",
        "center",
        "centre",
        "client",
        "contact",
        "customer",
        "customers",
        "delivery",
        "help",
        "helpdesk",
        "index",
    }
    | {
        "info",
        "information",
        "jp",
        "mail",
        "manage",
        "official",
        "online",
        "order",
        "package",
        "portal",
        "safe",
    }
    | {"safety", "server", "service", "services", "support", "tax", "ticket", "web", "haisou", "haitatsu"}
)
"""Risk words that honest firms put beside a name of their own: nomura-service, matsui-web."""


def common_token(reading: Reading, index: LookalikeIndex) -> Finding | None:
    """A brand's name that is not its own alone, standing alone."""
    for hit in reading.hits:
        if (
            hit.name.common
            and hit.name.local
            and hit.name.kind is Kind.WEAK
            and all(edges_of(reading, hit, index))
            and written(reading, hit.start, hit.end, index) == hit.name.text
            and not _is_explained(reading, index, hit.start, hit.end)
        ):
            return Finding("common-token", Trick.BRAND_TOKEN, hit.name, hit.start, hit.end)
    return weak_token(reading, index)


def _is_explained(reading: Reading, index: LookalikeIndex, start: int, end: int) -> bool:
    """What stands beside the name is what honest firms have there too, so that it says little."""
    beside = [name.text for first, last, name in reading.risks if last <= start or first >= end]
    beside += [
        index.names[reading.folded[first:last]].text
        for first, last in reading.hints
        if last <= start or first >= end
    ]
    if any(word not in EVERYDAY for word in beside):
        return False
    watched = reading.link.suffix in index.rulebook.watched_suffixes
    return bool(beside) or watched or reading.platform is not None


TRICKS = (TrickSpec(common_token, 80, traits={"weak-local": frozenset({Trait.SLIGHT})}),)
