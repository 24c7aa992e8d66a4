"""RDAP: ask one server about one domain (RFC 7480, RFC 9082)."""

from collections.abc import Callable, Collection

from sekisho.providers.registration.answer import NoAnswerError
from sekisho.providers.registration.fetch import Fetcher, trouble_of
from sekisho.providers.registration.rdap_answer import read_registered

MAX_BYTES = 256 * 1024
"""Answers of registries are of 2 to 20 KiB."""


async def ask_rdap(
    fetcher: Fetcher, base: str, domain: str, *, hosts: Collection[str], clock: Callable[[], float]
) -> float | None:
    """Seconds since 1970 UTC of the registration; None where the server tells no date.

    `base` is a URL that ends in ``/``; `hosts` are those that a redirect may lead to; `clock` tells seconds
    since 1970 UTC. Raises NoAnswerError.
    """
    answer = await fetcher.get(
        f"{base}domain/{domain}",
        hosts=hosts,
        max_bytes=MAX_BYTES,
        headers={"Accept": "application/rdap+json"},
    )
    if answer.status != 200:
        raise trouble_of(answer, clock())
    try:
        return read_registered(answer.body, domain)
    except NoAnswerError as error:
        raise NoAnswerError(error.state, f"{answer.host}: {error}") from None
