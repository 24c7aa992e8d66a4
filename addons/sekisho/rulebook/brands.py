"""brands.toml: the names that phishing imitates, and what their owners own.

One table a brand, keyed by its slug. Two brands may not claim one domain, nor one token that counts
alone: a warning page could not say which of them is meant. Pure.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from sekisho.rulebook.model import Brand
from sekisho.rulebook.names import name_below, rule_domain, rule_platform
from sekisho.rulebook.toml_file import TomlFile

_KINDS = (
    *("shop", "bank", "card", "pay", "broker", "crypto", "insurance", "telecom", "mail", "hosting"),
    *("delivery", "rail", "road", "energy", "government", "travel", "game", "social", "stream"),
    *("software", "security", "press", "food", "other"),
)
_TEXTS = ("name", "name_ja", "region", "kind")
_LISTS = ("tokens", "weak_tokens", "domains", "tlds", "content", "common_tokens")
_OWNED = {"domains": "domain", "content": "domain", "tokens": "token", "tlds": "suffix"}
"""List of what one brand alone may claim → what one entry of it is called."""
_SLUG = re.compile(r"[a-z0-9-]+")
_REGION = re.compile(r"world|[a-z]{2}")
_TOKEN = re.compile(r"[a-z0-9]{3,}")
# Two letters can be a brand (au, nh), never one that counts without a second word beside it.
_WEAK_TOKEN = re.compile(r"[a-z0-9]{2,}")
# Of other letters two are a name already (黒猫), and no token is strong or weak by their number.
_NATIVE_TOKEN = re.compile(r"[^\W_]{2,}")
_TLD = re.compile(r"[a-z0-9-]+")


def parse_brands(text: str, source: str) -> tuple[dict[str, Brand], list[str]]:
    """The brands by slug, in the file's order, and every problem of the file."""
    file = TomlFile(text, source)
    brands: dict[str, Brand] = {}
    owners: dict[tuple[str, str], str] = {}
    for slug, table in file.tables():
        file.require(_SLUG.fullmatch(slug), "a slug is written in a-z, 0-9 and dashes", slug)
        brand = _brand(file, slug, table)
        for key, kind in _OWNED.items():
            for name in getattr(brand, key):
                owner = owners.setdefault((kind, name), slug)
                file.require(
                    owner == slug, f"{kind} {name!r} belongs to {owner} already; remove one", slug, key, name
                )
        brands[slug] = brand
    return brands, file.problems


def _brand(file: TomlFile, slug: str, table: Mapping[str, Any]) -> Brand:
    file.require_known(slug, table, _TEXTS + _LISTS)
    name, name_ja, region, kind = (file.string(slug, key, table.get(key)) for key in _TEXTS)
    tokens, weak_tokens, domains, tlds, content, common_tokens = (
        file.strings(slug, key, table.get(key, [])) for key in _LISTS
    )
    file.require(
        not region or _REGION.fullmatch(region),
        f"region {region!r}: write 'world' or a country as 'jp'",
        slug,
        "region",
    )
    file.require(
        not kind or kind in _KINDS, f"kind {kind!r} is unknown; known: {', '.join(_KINDS)}", slug, "kind"
    )
    _check_tokens(file, slug, tokens, weak_tokens, common_tokens)
    file.require(domains, "domains is empty; name at least the real site", slug, "domains")
    for domain in domains:
        _check_domain(file, slug, domain, is_site=domain == domains[0])
    for domain in content:
        _check_content(file, slug, domain, domains)
    for tld in tlds:
        file.require(
            _TLD.fullmatch(tld), f"suffix {tld!r}: write it as 'amazon', without dots", slug, "tlds", tld
        )
    return Brand(
        slug, name, name_ja, region, kind, tokens, weak_tokens, domains, tlds, content, common_tokens
    )


def _check_tokens(
    file: TomlFile,
    slug: str,
    tokens: tuple[str, ...],
    weak_tokens: tuple[str, ...],
    common_tokens: tuple[str, ...],
) -> None:
    file.require(
        tokens or weak_tokens or common_tokens,
        "tokens and weak_tokens are both empty; name at least one",
        slug,
    )
    earlier: dict[str, tuple[str, ...]] = {}
    for key, listed, form, remedy in (
        ("tokens", tokens, _TOKEN, "write three or more of a-z and 0-9, or put it under weak_tokens"),
        ("weak_tokens", weak_tokens, _WEAK_TOKEN, "write two or more of a-z and 0-9"),
        ("common_tokens", common_tokens, _WEAK_TOKEN, "write two or more of a-z and 0-9"),
    ):
        for token in listed:
            if token.isascii():
                file.require(form.fullmatch(token), f"token {token!r}: {remedy}", slug, key, token)
            else:
                _check_native(file, slug, token, key)
            for other, theirs in earlier.items():
                file.require(
                    token not in theirs, f"token {token!r} is under {other} too; remove one", slug, key, token
                )
        earlier[key] = listed


def _check_native(file: TomlFile, slug: str, token: str, key: str) -> None:
    """A host holds the NFKC form in lower case only: another would never match."""
    canonical = unicodedata.normalize("NFKC", token).lower()
    if token != canonical:
        file.problem(f"token {token!r}: write {canonical!r}, as a host has it", slug, key, token)
    elif not _NATIVE_TOKEN.fullmatch(token):
        file.problem(f"token {token!r}: write two or more letters, without separators", slug, key, token)


def _check_domain(file: TomlFile, slug: str, domain: str, is_site: bool) -> None:
    # One look-up for nearly all: what a name below belongs to is canonical, registrable and no suffix.
    link = name_below(domain)
    if link.domain != domain:
        try:
            link = rule_domain(domain)
        except ValueError as error:
            file.problem(f"domain {error}", slug, "domains", domain)
            return
    if is_site and link.private_suffix:
        message = f"the real site {domain!r} is on the platform {link.suffix}, where anybody gets a name"
        file.problem(f"{message}; put another domain first", slug, "domains", domain)


def _check_content(file: TomlFile, slug: str, domain: str, domains: tuple[str, ...]) -> None:
    file.require(
        domain not in domains, f"{domain!r} is under domains too; remove one", slug, "content", domain
    )
    try:
        rule_platform(domain)
    except ValueError as error:
        file.problem(f"content {error}", slug, "content", domain)
