"""Hosts that a page names: where it says that it stands, whence it loads, where its links lead. Pure."""

from sekisho.link import host_link
from sekisho.page.facts import PageFacts
from sekisho.page.signs.spec import Role, SignSpec
from sekisho.page.signs.tally import Tally
from sekisho.verdict import PageSign


def address(tally: Tally, facts: PageFacts) -> None:
    """The page says that it stands at the brand's domain."""
    tally.hosts(PageSign.ADDRESS, facts.addresses)


def icon(tally: Tally, facts: PageFacts) -> None:
    """Its icon is loaded from the brand, or is the brand's own file."""
    tally.hosts(PageSign.ICON, facts.icons)
    rulebook, known = tally.index.rulebook, tally.index.rules.icons
    for slug in filter(None, map(known.get, facts.icon_hashes)):
        if brand := rulebook.brands.get(slug):
            tally.add(PageSign.ICON, slug, brand.site)


def links(tally: Tally, facts: PageFacts) -> None:
    """All links that lead elsewhere lead to the brand."""
    owners = {
        tally.index.rulebook.owner_of(link)
        for host in facts.links
        if (link := host_link(host)).domain != tally.domain
    }
    if len(owners) == 1 and (brand := owners.pop()):
        tally.add(PageSign.LINKS, brand.slug, brand.site)


def assets(tally: Tally, facts: PageFacts) -> None:
    """Pictures or styles are loaded from the brand."""
    embeds = tally.index.rules.embeds
    tally.hosts(PageSign.ASSETS, [host for host in facts.assets if host not in embeds])


SIGNS = (
    SignSpec(address, 40, {PageSign.ADDRESS: frozenset({Role.OUTRIGHT})}),
    SignSpec(icon, 50, {PageSign.ICON: frozenset()}),
    SignSpec(links, 130, {PageSign.LINKS: frozenset()}),
    SignSpec(assets, 150, {PageSign.ASSETS: frozenset()}),
)
