import asyncio
import socket
import time

import pytest

from sekisho.providers.registration.age import parse_japanese_day
from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.whois import ask_jprs

from .servers import WhoisServer
from .test_jprs_answer import GENERAL, ORGANISATION_JAPANESE


def ask(port: int, domain: str, seconds: float = 5.0) -> float | None:
    return asyncio.run(ask_jprs(("127.0.0.1", port), domain, seconds=seconds))


def trouble(port: int, domain: str = "example.jp", seconds: float = 5.0) -> NoAnswerError:
    with pytest.raises(NoAnswerError) as error:
        ask(port, domain, seconds)
    return error.value


def test_one_line_asks_for_the_domain_in_english(jprs: WhoisServer) -> None:
    jprs.answers["example.jp/e"] = GENERAL.encode()
    assert ask(jprs.port, "example.jp") == parse_japanese_day("2018/03/21")
    assert jprs.heard == [b"example.jp/e\r\n"]


def test_an_answer_in_japanese_is_read_all_the_same(jprs: WhoisServer) -> None:
    jprs.answers["example.co.jp/e"] = ORGANISATION_JAPANESE.encode("iso2022_jp")
    assert ask(jprs.port, "example.co.jp") == parse_japanese_day("2001/05/14")


def test_a_server_that_hangs_up_is_unreachable(jprs: WhoisServer) -> None:
    error = trouble(jprs.port)
    assert error.state is State.UNREACHABLE
    assert str(error) == "127.0.0.1 hung up without an answer"


def test_trouble_with_an_answer_names_the_server(jprs: WhoisServer) -> None:
    jprs.answers["example.jp/e"] = b"No match!!\r\n"
    error = trouble(jprs.port)
    assert error.state is State.UNREGISTERED
    assert str(error).startswith("127.0.0.1: ")


def test_a_huge_answer_is_cut_off(jprs: WhoisServer) -> None:
    jprs.answers["example.jp/e"] = b"x" * 20_000_000
    error = trouble(jprs.port)
    assert error.state is State.UNREADABLE
    assert "more than 64 KiB" in str(error)


def test_a_slow_drip_ends_in_time(jprs: WhoisServer) -> None:
    jprs.drips = True
    began = time.monotonic()
    error = trouble(jprs.port, seconds=0.3)
    assert time.monotonic() - began < 3
    assert error.state is State.UNREACHABLE
    assert "within 0.3 s" in str(error)


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        error = trouble(taken.getsockname()[1])
    assert error.state is State.UNREACHABLE
    assert "127.0.0.1 could not be asked" in str(error)
