"""The signs: by what a page presents itself as a brand, each in a file that says how it is found.

What a sign weighs stands in rules/page.toml. Every module of this folder that has `SIGNS` is found by itself; a
further sign is a file here, its member and sentence in `sekisho.reasons` with their translation, and its weight in
rules/page.toml. Pure.

    spec    `SignSpec`: what a sign declares
    tally   the signs of one page, by brand
    form, heading, hosts, owner, shown, title   the signs, by where on a page they are
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from sekisho.page.signs.spec import Role, SignSpec
from sekisho.verdict import PageSign


def _declared() -> Iterator[SignSpec]:
    for module in iter_modules(__path__):
        yield from getattr(import_module(f"{__name__}.{module.name}"), "SIGNS", ())


SIGNS: tuple[SignSpec, ...] = tuple(sorted(_declared(), key=lambda spec: spec.place))
"""In the order in which they are looked for."""


def signs_with(role: Role) -> frozenset[PageSign]:
    """The signs that have a role."""
    return frozenset(sign for spec in SIGNS for sign, roles in spec.roles.items() if role in roles)


__all__ = ["SIGNS", "Role", "SignSpec", "signs_with"]
