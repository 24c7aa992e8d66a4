import asyncio

import pytest

from sekisho.providers.registration.age import parse_date
from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.fetch import Fetcher
from sekisho.providers.registration.rdap import ask_rdap

from .conftest import NOW
from .servers import Answer, WebServer, domain_answer


def ask(web: WebServer, domain: str) -> float | None:
    async def act() -> float | None:
        fetcher = Fetcher()
        try:
            return await ask_rdap(fetcher, f"{web.url}/org/", domain, hosts=(), clock=lambda: NOW)
        finally:
            await fetcher.close()

    return asyncio.run(act())


def test_the_domain_and_nothing_else_is_asked_for(web: WebServer) -> None:
    web.answers["/org/domain/example.org"] = domain_answer("example.org")
    assert ask(web, "example.org") == parse_date("2026-11-21T08:30:00Z")
    assert web.heard == ["GET /org/domain/example.org"]
    assert web.headers[0]["accept"] == "application/rdap+json"


def test_a_name_that_the_registry_does_not_know(web: WebServer) -> None:
    with pytest.raises(NoAnswerError) as error:
        ask(web, "example.org")
    assert error.value.state is State.UNREGISTERED


def test_a_server_that_counts_says_when_it_may_be_asked_again(web: WebServer) -> None:
    headers = {"Retry-After": "Tue, 24 Nov 2026 10:01:30 GMT"}
    web.answers["/org/domain/example.org"] = Answer(b"", 429, headers)
    with pytest.raises(NoAnswerError, match=r"127\.0\.0\.1 was asked too often") as error:
        ask(web, "example.org")
    assert error.value.retry_after == 90.0


def test_trouble_with_an_answer_names_the_server(web: WebServer) -> None:
    web.answers["/org/domain/example.org"] = Answer(b"<html>welcome</html>")
    with pytest.raises(NoAnswerError, match=r"127\.0\.0\.1: the answer is no JSON"):
        ask(web, "example.org")
