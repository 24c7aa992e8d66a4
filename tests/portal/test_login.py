"""Who may use the desk: guessing must not pay, a stolen file must not open it, and one word ends all sessions."""

import json
import re
import stat
from pathlib import Path

import pytest

from sekisho.portal.login import (
    FREE_GUESSES,
    FREE_TOGETHER,
    IDLE_SECONDS,
    LONGEST_TOGETHER,
    LONGEST_WAIT,
    SESSIONS_NAME,
    LoginThrottle,
    Sessions,
    SetUp,
    new_code,
)

PHONE = "192.168.1.5"


class Marked:
    """A password that changes."""

    mark = "one"

    def __call__(self) -> str:
        return self.mark


@pytest.fixture
def mark() -> Marked:
    return Marked()


@pytest.fixture
def sessions(tmp_path: Path, mark: Marked) -> Sessions:
    return Sessions(tmp_path, mark)


def test_a_few_slips_cost_nothing_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    guesses, now, waits = LoginThrottle(), 0.0, []
    for _ in range(FREE_GUESSES + 12):
        wait = guesses.begin(PHONE, now)
        if wait:
            waits.append(wait)
            now += wait
            assert guesses.begin(PHONE, now) == 0.0
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == LONGEST_WAIT


def test_guesses_of_one_day_are_few() -> None:
    guesses, now, tries = LoginThrottle(), 0.0, 0
    while now < 86_400:
        wait = guesses.begin(PHONE, now)
        now += wait
        tries += not wait
    assert tries < 120


def test_many_at_one_moment_are_not_many_free_ones() -> None:
    guesses = LoginThrottle()
    assert sum(guesses.begin(PHONE, 5.0) == 0.0 for _ in range(500)) == FREE_GUESSES


def test_who_is_told_to_wait_does_not_wait_longer_for_asking() -> None:
    guesses = LoginThrottle()
    for _ in range(FREE_GUESSES):
        guesses.begin(PHONE, 0.0)
    assert [guesses.begin(PHONE, at) for at in (0.0, 1.0, 1.5, 2.0)] == [2.0, 1.0, 0.5, 0.0]


def test_the_right_one_begins_anew_and_others_are_not_held_up() -> None:
    guesses = LoginThrottle()
    for _ in range(FREE_GUESSES):
        guesses.begin(PHONE, 0.0)
    assert guesses.begin("192.168.1.6", 0.0) == 0.0
    assert guesses.begin(PHONE, 2.0) == 0.0
    guesses.right(PHONE)
    assert guesses.begin(PHONE, 2.0) == 0.0


def test_many_devices_together_are_slowed_but_the_family_is_not_locked_out() -> None:
    guesses = LoginThrottle()
    tries = [guesses.begin(f"10.0.{n // 250}.{n % 250}", 0.0) == 0.0 for n in range(400)]
    assert sum(tries) == FREE_TOGETHER
    now = 0.0
    for n in range(30):
        now += guesses.begin(f"10.9.9.{n}", now)
        guesses.begin(f"10.9.9.{n}", now)
    assert guesses.begin(PHONE, now) <= LONGEST_TOGETHER


def test_a_guesser_with_many_addresses_does_not_hold_up_who_was_right_before() -> None:
    guesses = LoginThrottle()
    guesses.begin(PHONE, 0.0)
    guesses.right(PHONE)
    for n in range(200):
        guesses.begin(f"10.0.0.{n}", 1.0)
    waits = [guesses.begin(client, 1.0) for client in ("192.168.1.99", PHONE, "127.0.0.1")]
    assert waits == [2.0, 0.0, 0.0]
    for _ in range(FREE_GUESSES):
        guesses.begin(PHONE, 1.0)
    assert guesses.begin(PHONE, 1.0) > 0, "its own slips still count"


def test_the_addresses_of_one_ipv6_network_are_one_guesser() -> None:
    guesses = LoginThrottle()
    tries = [guesses.begin(f"2001:db8:0:1::{n:x}", 0.0) == 0.0 for n in range(1, 50)]
    assert sum(tries) == FREE_GUESSES


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    guesses = LoginThrottle()
    for _ in range(FREE_GUESSES):
        guesses.begin(PHONE, 1e9)
    assert guesses.begin(PHONE, 1e9 - 50_000) <= 2.0


def test_the_code_is_good_once_in_any_spelling() -> None:
    set_up, done = SetUp("ABCD-2345"), list[int]()
    for wrong in ("", "ABCD-2346", "ABCD2345X", "\ud800", "x" * 10_000):
        assert not set_up.use(wrong, lambda: done.append(1))
    assert set_up.use(" ａｂｃｄ 2345 ", lambda: done.append(1))
    assert not set_up.use("ABCD-2345", lambda: done.append(1))
    assert (done, set_up.code) == ([1], "")


def test_a_code_stays_good_where_the_password_was_too_short() -> None:
    set_up = SetUp("ABCD-2345")
    with pytest.raises(ZeroDivisionError):
        set_up.use("ABCD-2345", lambda: 1 // 0)
    assert set_up.use("ABCD-2345", lambda: 1)


def test_without_a_code_nothing_opens() -> None:
    assert not SetUp().use("", lambda: 1)


def test_codes_are_readable_and_unlike() -> None:
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(re.fullmatch("[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code) for code in codes)


def test_a_session_lasts_over_a_restart_and_its_file_opens_nothing(
    sessions: Sessions, tmp_path: Path, mark: Marked
) -> None:
    name = sessions.begin(1000.0)
    assert sessions.is_open(name, 1001.0)
    again = Sessions(tmp_path, mark)
    assert again.is_open(name, 1002.0)
    file = tmp_path / SESSIONS_NAME
    assert name not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(again.is_open(key, 1003.0) for key in json.loads(file.read_text()))


@pytest.mark.parametrize("name", ["", "made-up", "\ud800", "x" * 100_000])
def test_what_was_never_given_out_is_no_session(sessions: Sessions, name: str) -> None:
    sessions.begin(1000.0)
    assert not sessions.is_open(name, 1000.0)


def test_it_ends_thirty_days_after_the_last_use(sessions: Sessions) -> None:
    name = sessions.begin(0.0)
    assert sessions.is_open(name, IDLE_SECONDS - 1)
    assert sessions.is_open(name, 2 * IDLE_SECONDS - 2)
    assert not sessions.is_open(name, 3 * IDLE_SECONDS)
    assert not sessions.is_open(name, 3 * IDLE_SECONDS - 1)


def test_the_last_use_outlives_a_restart(sessions: Sessions, tmp_path: Path, mark: Marked) -> None:
    name = sessions.begin(0.0)
    assert sessions.is_open(name, IDLE_SECONDS - 1)
    assert Sessions(tmp_path, mark).is_open(name, IDLE_SECONDS + 10)


def test_log_out_ends_one_and_everywhere_ends_all(sessions: Sessions, tmp_path: Path, mark: Marked) -> None:
    one, two, three = (sessions.begin(0.0) for _ in range(3))
    sessions.end(one)
    assert [sessions.is_open(name, 1.0) for name in (one, two, three)] == [False, True, True]
    sessions.end_all()
    for kept in (sessions, Sessions(tmp_path, mark)):
        assert not any(kept.is_open(name, 1.0) for name in (one, two, three))


@pytest.mark.parametrize("fresh", ["two", ""])
def test_a_new_password_ends_every_session_for_good(sessions: Sessions, mark: Marked, fresh: str) -> None:
    name = sessions.begin(0.0)
    mark.mark = fresh
    assert not sessions.is_open(name, 1.0)
    mark.mark = "one"
    assert not sessions.is_open(name, 1.0)


def test_there_is_no_end_of_logging_in(sessions: Sessions, tmp_path: Path) -> None:
    names = [sessions.begin(float(n)) for n in range(130)]
    assert len(json.loads((tmp_path / SESSIONS_NAME).read_text())) == 100
    assert sessions.is_open(names[-1], 131.0)
    assert not sessions.is_open(names[0], 131.0)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 1}', '{"a": ["m", "x"]}'])
def test_a_damaged_file_logs_everybody_out_and_no_page_fails(
    tmp_path: Path, mark: Marked, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / SESSIONS_NAME).write_text(content)
    sessions = Sessions(tmp_path, mark)
    assert not sessions.is_open("a", 1.0)
    assert sessions.is_open(sessions.begin(1.0), 2.0)
    assert "logs in anew" in caplog.text
