"""How much is asked, and what: never more than the key allows, and nothing but the names of domains."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from sekisho.providers.registration.answer import JST
from sekisho.store import LogLine, Store
from sekisho.verdict import Level, Reason

from ..providers.registration.servers import LIST_PATH, domain_answer
from ..providers.virustotal_server import Step
from .conftest import FAKE, FAMILIAR, Proxy, until
from .origins import Origins
from .outside_servers import UNFAMILIAR, OutsideServers, outside_servers
from .raw import certificate_through, through

pytestmark = pytest.mark.slow

WAIT = 1.0
PER_MINUTE = 4
YOUNG, OLD, YOUNG_JP = "example.org", "example.net", "example.jp"
DAY = timedelta(days=1)
JPRS_ANSWER = """\
Domain Information:
[Domain Name]                   EXAMPLE.JP

[Created on]                    {}
"""


@pytest.fixture(scope="module")
def outside() -> Iterator[OutsideServers]:
    with outside_servers() as servers:
        today = datetime.now(UTC)
        for name, age in ((YOUNG, 3 * DAY), (OLD, 3000 * DAY)):
            at = f"{today - age:%Y-%m-%dT%H:%M:%SZ}"
            servers.web.answers[f"/registry/domain/{name}"] = domain_answer(name, at)
        day = (
            f"{today.astimezone(JST) - 3 * DAY:%Y/%m/%d}"  # JPRS tells Japan's day, which begins at 15:00 UTC
        )
        servers.jprs.answers[f"{YOUNG_JP}/e"] = JPRS_ANSWER.format(day).encode()
        yield servers


@pytest.fixture(scope="module")
def hosts() -> Sequence[str]:
    """One server for all of the hundred, and one for each of the others."""
    return (YOUNG, OLD, YOUNG_JP, FAMILIAR, FAKE, "jp")


@pytest.fixture(scope="module", autouse=True)
def pages(origins: Origins) -> None:
    for site in origins.values():
        site.page("/", "<title>here</title>")


@pytest.fixture(scope="module")
def settings(outside: OutsideServers) -> Mapping[str, str]:
    return outside.settings(
        VIRUSTOTAL__WAIT=str(WAIT), VIRUSTOTAL__PER_MINUTE=str(PER_MINUTE), REGISTRATION__WAIT=str(WAIT)
    )


def visits(proxy: Proxy, host: str, count: int = 1) -> list[LogLine]:
    """The lines of `sekisho log` on a host, as soon as there are so many."""
    with Store.open(f"sqlite:///{proxy.state / 'sekisho.db'}", read_only=True) as store:
        until(lambda: len(store.visits.log(limit=500, host=host)) >= count)
        return store.visits.log(limit=500, host=host)


@pytest.mark.parametrize("name", [YOUNG, YOUNG_JP])
def test_a_name_of_three_days_ago_opens_with_caution(proxy: Proxy, origins: Origins, name: str) -> None:
    status, _ = through(proxy, "GET", f"http://mother.private.{name}/secret/path?token=hidden")
    assert status == 404
    assert origins[name].requests == [("GET", "/secret/path?token=hidden", b"")]
    (line,) = visits(proxy, name)
    assert line.level is Level.CAUTION
    assert [item.reason for item in line.evidence] == [Reason.NEW_NAME]
    assert "was registered 3 days ago" in line.why


def test_an_old_name_passes(proxy: Proxy) -> None:
    issuer, _, body = certificate_through(proxy, f"private.{OLD}", "/?token=hidden")
    assert (issuer, body) == ("sekisho", b"<title>here</title>")
    (line,) = visits(proxy, OLD)
    assert (line.level, line.evidence) == (Level.PASS, ())


def test_a_hundred_clicks_in_a_minute_stay_within_what_the_key_allows_and_wait_for_nobody(
    proxy: Proxy, outside: OutsideServers
) -> None:
    outside.virustotal.otherwise = Step("unknown", seconds=WAIT / 3)

    def click(name: str) -> tuple[int, float]:
        begun = time.monotonic()
        status, _ = through(proxy, "GET", f"http://mother.private.{name}/?token=hidden")
        return status, time.monotonic() - begun

    with ThreadPoolExecutor(8) as people:
        clicks = list(people.map(click, UNFAMILIAR))
    assert {status for status, _ in clicks} == {200}
    assert max(seconds for _, seconds in clicks) < WAIT + 1
    at = [request.at for request in outside.virustotal.requests]
    assert len(at) >= PER_MINUTE
    assert all(later - sooner > 60 for sooner, later in zip(at, at[PER_MINUTE:], strict=False))
    unasked = [line for name in UNFAMILIAR for line in visits(proxy, name) if line.level is Level.CAUTION]
    assert len(unasked) >= len(UNFAMILIAR) - PER_MINUTE
    assert "used up" in unasked[0].why


def test_nothing_but_registrable_domains_leaves_the_house_and_no_familiar_one(
    proxy: Proxy, outside: OutsideServers
) -> None:
    certificate_through(proxy, FAMILIAR, "/secret/path?token=hidden")
    assert through(proxy, "GET", f"http://www.{FAKE}/secret/path?token=hidden")[0] == 403
    heard = outside.heard()
    assert {YOUNG, OLD, YOUNG_JP} < heard
    assert heard <= {YOUNG, OLD, YOUNG_JP, *UNFAMILIAR}
    assert f"GET {LIST_PATH}" in outside.web.heard
    sent = " ".join(f"{name}: {value}" for headers in outside.web.headers for name, value in headers.items())
    sent += " ".join(f"{request.path} {request.agent}" for request in outside.virustotal.requests)
    assert not any(secret in sent for secret in ("mother", "private", "secret", "token", "hidden", "referer"))
