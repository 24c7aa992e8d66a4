"""The project's own rules, linted like code, and the script that builds familiar.txt out of raw lists."""

import ast
import gzip
import importlib.util
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sekisho.link import Link, host_link
from sekisho.providers.feeds.spec import parse_feeds
from sekisho.reasons import VARIANTS, Circumstance, Trick
from sekisho.rulebook.aftercare import Desk, parse_aftercare
from sekisho.rulebook.brands import parse_brands
from sekisho.rulebook.load import load_rulebook, rules_folder
from sekisho.rulebook.model import Brand, Rulebook, TrickStrength
from sekisho.rulebook.page_rules import PageRules, parse_page
from sekisho.rulebook.tables import parse_platforms, parse_suffixes, parse_tricks, parse_words

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_familiar.py"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    """Loads without a problem, or every test here fails with the list of problems."""
    return load_rulebook()


@pytest.fixture(scope="module")
def build_familiar() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_familiar", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_familiar(rulebook: Rulebook, link: Link) -> bool:
    return link.domain in rulebook.familiar_domains and rulebook.platform_of(link) is None


def familiar_lines() -> list[str]:
    text = (rules_folder() / "familiar.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_familiar_is_large_sorted_and_canonical(rulebook: Rulebook) -> None:
    lines = familiar_lines()
    assert len(lines) >= 30_000
    assert lines == sorted(set(lines))
    assert rulebook.familiar_domains == set(lines)


@pytest.mark.slow
def test_every_familiar_domain_is_registrable_and_its_owners_own(rulebook: Rulebook) -> None:
    """A platform here would tunnel whatever anybody publishes on it."""
    for name in rulebook.familiar_domains:
        link = host_link(name)
        assert link.domain == name, name
        assert link.suffix != name, name
        assert is_familiar(rulebook, link), name


def test_platforms_go_beyond_the_public_suffix_list(rulebook: Rulebook) -> None:
    own = [name for name in rulebook.platforms if not host_link(name).private_suffix]
    assert len(own) >= 150


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("sites.google.com", "hosting"),
        ("login.weebly.com", "hosting"),
        ("docs.google.com", "notes"),
        ("forms.gle", "forms"),
        ("bit.ly", "shortener"),
        ("lin.ee", "profile"),
        ("home.mooo.com", "dynamic-dns"),
        ("phish.s3.amazonaws.com", "storage"),
    ],
)
def test_where_phishing_is_put_up_is_never_familiar(rulebook: Rulebook, host: str, kind: str) -> None:
    link = host_link(host)
    assert not is_familiar(rulebook, link)
    assert kind in {rulebook.platforms.get(parent) for parent in link.parents}


@pytest.mark.parametrize(
    "host",
    [
        *("www.yomiuri.co.jp", "tabelog.com", "www.yodobashi.com", "weather.tenki.jp", "cookpad.com"),
        *(
            "www.kakaku.com",
            "www.nitori-net.jp",
            "www.city.yokohama.lg.jp",
            "www.mhlw.go.jp",
            "www.jma.go.jp",
        ),
        *("en.wikipedia.org", "www.bbc.co.uk", "www.spiegel.de", "www.lemonde.fr", "www.nytimes.com"),
    ],
)
def test_sites_of_everyday_life_are_left_alone(rulebook: Rulebook, host: str) -> None:
    link = host_link(host)
    assert is_familiar(rulebook, link) or rulebook.owner_of(link)


def test_the_scripts_choice_asks_for_more_than_one_sign(build_familiar: ModuleType) -> None:
    def named(name: str, *names: str) -> object:
        return build_familiar.NameList(name, "1", names, "")

    lists = {name: named(name) for name in (*build_familiar._THIRD, *build_familiar._ANYBODY)}
    lists["tranco"] = named(
        *("tranco", "ranked-only.com", "one-host.com", "two-hosts.com", "third-list.com"),
        *("one-host.jp", "company.co.jp", "user.github.io", "192.0.2.1"),
    )
    lists["google-chrome-crux-1million"] = named(
        *("crux", "visited-only.com", "www.one-host.com", "two-hosts.com", "m.two-hosts.com"),
        *("third-list.com", "www.one-host.jp", "council.lg.jp", "some-bank.com", "user.github.io"),
    )
    lists["moz-top500"] = named("moz", "third-list.com", "in-no-other-list.com")
    lists["bank-website"] = named("banks", "some-bank.com", "unvisited-bank.com")
    assert build_familiar.popular_domains(lists) == {
        *(
            "two-hosts.com",
            "third-list.com",
            "one-host.jp",
            "company.co.jp",
            "council.lg.jp",
            "some-bank.com",
        ),
    }


def test_the_script_reads_lists_of_phishing_hosts(build_familiar: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv.gz"
    path.write_bytes(
        gzip.compress(b"# host\tbrand\na.bad.example\tx\n0.0.0.0 worse.example\n||ads.example^\n", mtime=0)
    )
    listed = build_familiar.phishing_list(path)
    assert listed.names == ("a.bad.example", "worse.example", "ads.example")
    assert listed.head_line.startswith("#   bad.tsv.gz - 3 ")


def test_the_script_shows_what_spells_a_brand(build_familiar: ModuleType) -> None:
    brand = Brand("amazon", "Amazon", "アマゾン", "world", "shop", ("amazon", "amzn"), (), ("amazon.com",))
    names = ["amazon.com", "amazonas.gov.br", "my-amzn.com", "amznews.com", "other.com"]
    assert build_familiar.suspects(names, [brand]) == [
        ("amazonas.gov.br", "amazon"),
        ("my-amzn.com", "amazon"),
    ]


def test_words_near_a_brand_are_ordinary(rulebook: Rulebook) -> None:
    """saloon is not saison with a slip, and japan is not jalan."""
    assert {"saloon", "japan", "journal", "gaming"} <= rulebook.ordinary_words


Parse = Callable[[str, str], tuple[Any, list[str]]]
PARSERS: dict[str, Parse] = {
    "aftercare.toml": parse_aftercare,
    "brands.toml": parse_brands,
    "feeds.toml": parse_feeds,
    "page.toml": parse_page,
    "platforms.toml": parse_platforms,
    "suffixes.toml": parse_suffixes,
    "tricks.toml": parse_tricks,
    "words.toml": parse_words,
}


class Recorded(dict[str, Any]):
    """A table that knows which of its keys were read."""

    def __init__(self, table: dict[str, Any]) -> None:
        super().__init__({k: Recorded(v) if isinstance(v, dict) else v for k, v in table.items()})
        self.read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)

    def items(self) -> Any:
        self.read.update(self)
        return super().items()

    def unread(self, name: str = "") -> Iterator[str]:
        """Paths of keys that nobody read, here and below."""
        yield from (f"{name}.{key}" for key in self.keys() - self.read)
        for key, value in super().items():
            if isinstance(value, Recorded):
                yield from value.unread(f"{name}.{key}")


def test_every_finding_has_its_strength(rulebook: Rulebook) -> None:
    """What has no table counts for nothing."""
    assert set(rulebook.tricks) == {*map(str, Trick), *map(str, Circumstance), *VARIANTS}


def test_every_rules_file_has_its_parser_here() -> None:
    assert {path.name for path in rules_folder().glob("*.toml")} == set(PARSERS)


@pytest.mark.parametrize("name", PARSERS)
def test_every_key_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that nothing reads is a rule that its author believes in and that does nothing."""
    tables: list[Recorded] = []
    loads = tomllib.loads

    def recorded(text: str) -> Recorded:
        tables.append(Recorded(loads(text)))
        return tables[-1]

    monkeypatch.setattr(tomllib, "loads", recorded)
    _, problems = PARSERS[name]((rules_folder() / name).read_text("utf-8"), f"rules/{name}")
    assert not problems
    assert tables
    assert [key for table in tables for key in table.unread()] == []


@pytest.mark.parametrize("name", PARSERS)
def test_a_key_that_nobody_knows_is_an_error_with_its_line(name: str) -> None:
    lines = (rules_folder() / name).read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("["))
    lines.insert(at + 1, "zz-unknown = 1")
    _, problems = PARSERS[name]("\n".join(lines), f"rules/{name}")
    assert [problem for problem in problems if problem.startswith(f"rules/{name}:{at + 2}: ")], problems
    assert any("zz-unknown" in problem for problem in problems), problems


@pytest.mark.slow
@pytest.mark.parametrize("value", [Brand, Desk, PageRules, Rulebook, TrickStrength])
def test_every_field_that_rules_fill_is_used(value: type[Any]) -> None:
    """`payment` was read from page.toml into a field that nothing asked for."""
    code = rules_folder().parent / "addons" / "sekisho"
    used = {
        node.attr
        for path in code.rglob("*.py")
        if path.name not in ("page_rules.py", "load.py", "brands.py", "tables.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    templates = "".join(path.read_text("utf-8") for path in code.rglob("*.html"))
    assert [
        field.name for field in fields(value) if field.name not in used and f".{field.name}" not in templates
    ] == []
