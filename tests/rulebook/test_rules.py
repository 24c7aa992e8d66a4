"""The project's own rules, linted like code, and the script that builds familiar.txt out of raw lists."""

import gzip
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from sekisho.link import host_link
from sekisho.rulebook.load import load_rulebook, rules_folder
from sekisho.rulebook.model import Brand, Rulebook

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


def familiar_lines() -> list[str]:
    text = (rules_folder() / "familiar.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_familiar_is_large_sorted_and_canonical(rulebook: Rulebook) -> None:
    lines = familiar_lines()
    assert len(lines) >= 30_000
    assert lines == sorted(set(lines))
    assert rulebook.familiar_domains == set(lines)


def test_every_familiar_domain_is_registrable_and_its_owners_own(rulebook: Rulebook) -> None:
    """A platform here would tunnel whatever anybody publishes on it."""
    for name in rulebook.familiar_domains:
        link = host_link(name)
        assert link.domain == name, name
        assert link.suffix != name, name
        assert rulebook.is_familiar(link), name


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
    assert not rulebook.is_familiar(link)
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
    assert rulebook.is_familiar(link) or rulebook.owner_of(link)


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
