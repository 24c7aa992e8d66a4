from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sekisho.link import host_link
from sekisho.policy import familiarity
from sekisho.policy.familiarity import DAY, HOUR, MARKS, WEEK, Check
from sekisho.records.domains import DomainClick, KnownDomain
from sekisho.rulebook.model import Brand, Rulebook
from sekisho.verdict import Evidence, Level, PageSign, Reason, Verdict

NOW = 1_000 * DAY
BRAND = Brand("b", "B", "B", "world", "cloud", ("bb",), (), ("bb.com",), content=("bb-content.com",))
RULES = Rulebook(brands={"b": BRAND}, platforms={"weebly.com": "hosting", "sites.google.com": "hosting"})
CLICK = DomainClick("a.example", NOW, 700_000, Level.PASS, False, False)
CLEAN = Verdict(Level.PASS)


def click(at: float, *, level: Level = Level.PASS, raised: bool = False, shared: bool = False) -> DomainClick:
    return DomainClick("a.example", at, int(at // DAY), level, raised, shared)


def lived(*days: float, first: float = NOW) -> KnownDomain:
    """Clicked on these days after the first."""
    known: KnownDomain | None = None
    for day in days:
        known = familiarity.after_click(known, click(first + day * DAY))
    assert known
    return known


def clean(known: KnownDomain, after: float, *, asked: bool = True, outside: bool = True) -> KnownDomain:
    found = Check(known.begun_at + after, Level.PASS, False, asked, NOW - 400 * DAY)
    return familiarity.checked(known, found, outside=outside)


EARNED = clean(clean(lived(0, 1, 2), DAY), WEEK)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.foo.co.jp", ("foo.co.jp", False)),
        ("foo.co.jp", ("foo.co.jp", False)),
        ("a.user.weebly.com", ("user.weebly.com", True)),
        ("weebly.com", ("weebly.com", True)),
        ("x.y.sites.google.com", ("y.sites.google.com", True)),
        ("a.user.github.io", ("user.github.io", True)),
        ("x.y.bb-content.com", ("y.bb-content.com", True)),
        ("192.168.1.1", None),
        ("::1", None),
        ("router", None),
        ("co.jp", None),
        ("printer.invalid-suffix", None),
        ("a b.com", None),
    ],
)
def test_a_host_is_remembered_by_who_owns_it(host: str, name: tuple[str, bool] | None) -> None:
    """A platform remembered as one would make a stranger's page familiar by its neighbour's."""
    assert familiarity.name_of(host_link(host), RULES) == name


@pytest.mark.parametrize(
    ("reason", "level", "raised"),
    [
        (Reason.VIRUSTOTAL, Level.CAUTION, True),
        (Reason.LOOKALIKE, Level.WARN, True),
        (Reason.GO_ON, Level.CAUTION, True),
        (Reason.UNCHECKED, Level.CAUTION, False),
        (Reason.NEW_NAME, Level.CAUTION, False),
        (Reason.NEW_NAME, Level.WARN, True),
        (Reason.FAMILY_ALLOW, Level.PASS, False),
    ],
)
def test_what_speaks_against_a_host(reason: Reason, level: Level, raised: bool) -> None:
    """A source of ours that was slow once must not keep a good site strange for ever."""
    assert familiarity.raises(Verdict(level, (Evidence(reason, level, "x", "x"),))) is raised


def test_a_page_that_was_slow_once_is_not_held_against_its_host() -> None:
    for sign, raised in ((PageSign.UNCHECKED, False), (PageSign.OPAQUE, True)):
        found = Evidence(Reason.PAGE, Level.CAUTION, "page", "x", signs=((sign, ""),))
        assert familiarity.raises(Verdict(Level.CAUTION, (found,))) is raised


def test_a_milder_finding_behind_the_decisive_one_counts() -> None:
    found = (
        Evidence(Reason.FAMILY_ALLOW, Level.PASS, "x", "x"),
        Evidence(Reason.LOOKALIKE, Level.WARN, "x", "x"),
    )
    assert familiarity.raises(Verdict(Level.PASS, found))


def test_a_click_is_counted_on_the_family_s_own_day() -> None:
    """At half past eight in the morning in Tokyo it is still yesterday in UTC."""
    at = datetime(2026, 1, 1, 23, 30, tzinfo=UTC).timestamp()
    link = host_link("www.foo.co.jp")
    days = [
        familiarity.domain_click(link, CLEAN, at, zone, RULES) for zone in (UTC, timezone(timedelta(hours=9)))
    ]
    assert [after_click and after_click.day for after_click in days] == [738521 + 1096, 738522 + 1096]
    assert familiarity.domain_click(link, replace(CLEAN, familiar=True), at, UTC, RULES) is None
    assert familiarity.domain_click(host_link("10.0.0.1"), CLEAN, at, UTC, RULES) is None


def test_three_days_a_week_and_an_old_name_make_it_familiar() -> None:
    became = familiarity.settled(EARNED, NOW + WEEK, outside=True)
    assert became.familiar_at == NOW + WEEK
    assert became.next_check_at is not None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda known: replace(known, days=2),
        lambda known: replace(known, shared=True),
        lambda known: replace(known, registered_at=None),
        lambda known: replace(known, registered_at=NOW + WEEK - 30 * DAY),
        lambda known: replace(known, clean_day_at=None),
        lambda known: replace(known, clean_week_at=None),
        lambda known: replace(known, clean_at=None),
        lambda known: familiarity.after_click(known, click(NOW + 3 * DAY, level=Level.CAUTION, raised=True)),
        lambda known: familiarity.held(known, NOW + 3 * DAY),
        lambda known: familiarity.checked(
            known, Check(NOW + WEEK, Level.CAUTION, True, True, None), outside=True
        ),
    ],
)
def test_one_missing_condition_keeps_it_strange(spoil: Callable[[KnownDomain], KnownDomain]) -> None:
    """Each one alone fooled people somewhere."""
    assert familiarity.settled(spoil(EARNED), NOW + WEEK, outside=True).familiar_at is None


def test_clean_in_the_first_hours_is_worth_nothing() -> None:
    known = clean(clean(lived(0, 1, 2), HOUR), 6 * HOUR)
    assert (known.clean_at, known.clean_day_at, known.clean_week_at) == (None, None, None)
    known = clean(known, 2 * DAY)
    assert (known.clean_day_at, known.clean_week_at) == (NOW + 2 * DAY, None)


def test_many_clicks_of_one_day_are_one_day() -> None:
    assert lived(0, 0.1, 0.2, 0.3).days == 1
    assert lived(0, 1, 1.5, 1.2).days == 2


def test_without_an_outside_source_it_takes_two_clean_weeks() -> None:
    known = clean(lived(0, 1, 13), 13 * DAY, asked=False, outside=False)
    assert familiarity.settled(known, NOW + 15 * DAY, outside=False).familiar_at is None
    known = clean(known, 14 * DAY, asked=False, outside=False)
    assert familiarity.settled(known, NOW + 15 * DAY, outside=False).familiar_at == NOW + 15 * DAY
    assert familiarity.settled(known, NOW + 15 * DAY, outside=True).familiar_at is None


def test_an_answer_without_the_outside_counts_only_where_it_is_bad() -> None:
    known = clean(lived(0, 1, 2), WEEK, asked=False)
    assert (known.clean_at, known.checked_at) == (None, None)
    assert known.next_check_at is not None
    assert 0 < known.next_check_at - (NOW + WEEK) <= 2 * familiarity.RETRY
    bad = familiarity.checked(known, Check(NOW + WEEK, Level.WARN, True, False), outside=True)
    assert (bad.level, bad.raised_at) == (Level.WARN, NOW + WEEK)


@pytest.mark.parametrize(
    "after",
    [
        lambda known: replace(known, last_at=NOW + 39 * DAY),
        lambda known: replace(known, clean_at=NOW + 130 * DAY),
    ],
)
def test_it_lapses_when_no_recheck_is_clean_or_nobody_comes(
    after: Callable[[KnownDomain], KnownDomain],
) -> None:
    """A domain that was sold in the meantime must not be tunnelled on the trust of its old owner."""
    known = after(replace(EARNED, familiar_at=NOW + WEEK))
    now = NOW + 135 * DAY
    lapsed = familiarity.settled(known, now, outside=True)
    assert (lapsed.familiar_at, lapsed.lapsed_at, lapsed.days, lapsed.next_check_at) == (None, now, 0, None)
    again = familiarity.after_click(lapsed, click(now + DAY))
    assert again
    assert (again.days, again.begun_at, again.first_at) == (1, now + DAY, NOW)
    assert (again.clean_day_at, again.clean_week_at, again.stage) == (None, None, 0)
    assert familiarity.settled(known, NOW + 20 * DAY, outside=True) is known


def test_a_familiar_one_that_turns_bad_lapses_and_stays_raised() -> None:
    known = replace(EARNED, familiar_at=NOW + WEEK)
    lapsed = familiarity.settled(
        familiarity.turned(known, Level.WARN, NOW + 9 * DAY), NOW + 9 * DAY, outside=True
    )
    assert (lapsed.familiar_at, lapsed.raised_at, lapsed.level) == (None, NOW + 9 * DAY, Level.WARN)


def test_rechecks_fall_due_after_an_hour_six_hours_a_day_and_a_week_then_weekly() -> None:
    known = lived(0)
    for stage, mark in enumerate(MARKS):
        assert known.stage == stage
        assert known.next_check_at is not None
        due = known.next_check_at - NOW
        assert mark <= due <= mark * (1 + familiarity.JITTER)
        known = clean(familiarity.after_click(known, click(NOW + due)) or known, due)
    assert known.next_check_at is not None
    assert WEEK <= known.next_check_at - (known.checked_at or 0) <= WEEK + familiarity.JITTER * DAY


def test_rechecks_of_one_evening_do_not_stand_in_a_row() -> None:
    due = {familiarity.after_click(None, replace(CLICK, name=f"h{number}.example")) for number in range(50)}
    assert len({known.next_check_at for known in due if known}) == 50


def test_a_recheck_that_came_late_does_not_repeat_the_marks_that_passed() -> None:
    known = clean(lived(0), 30 * HOUR)
    assert known.stage == 3
    assert known.next_check_at is not None
    assert known.next_check_at >= NOW + WEEK


def test_nobody_looks_for_ever_after_what_was_visited_once() -> None:
    """Forty new hosts a day would eat the budget within weeks."""
    known = clean(lived(0), 9 * DAY)
    assert known.next_check_at is None
    again = familiarity.after_click(known, click(NOW + 40 * DAY))
    assert again
    assert again.next_check_at == NOW + 40 * DAY + HOUR
    assert clean(replace(EARNED, familiar_at=NOW), 60 * DAY).next_check_at is not None


def test_a_refused_click_makes_no_acquaintance_and_spoils_one() -> None:
    assert familiarity.after_click(None, click(NOW, level=Level.WARN, raised=True)) is None
    spoilt = familiarity.after_click(EARNED, click(NOW + 9 * DAY, level=Level.WARN, raised=True))
    assert spoilt
    assert (spoilt.raised_at, spoilt.last_at, spoilt.days) == (NOW + 9 * DAY, EARNED.last_at, 3)


def test_who_was_away_for_a_season_is_a_stranger_again() -> None:
    again = familiarity.after_click(EARNED, click(EARNED.last_at + familiarity.QUIET + 1))
    assert again
    assert (again.days, again.stage, again.clean_week_at) == (1, 0, None)
    assert familiarity.after_click(EARNED, click(EARNED.last_at + familiarity.QUIET - 1)).days == 4  # type: ignore[union-attr]


def test_a_tunnel_keeps_a_familiar_domain_in_use() -> None:
    assert familiarity.passed(EARNED, NOW + 50 * DAY).last_at == NOW + 50 * DAY
    assert familiarity.passed(EARNED, NOW - DAY).last_at == EARNED.last_at


def test_the_most_urgent_recheck_comes_first() -> None:
    now = NOW + 30 * DAY
    familiar = replace(EARNED, familiar_at=NOW, clean_at=now - 5 * DAY, visits=99)
    rows = {
        "would lapse soon": replace(familiar, clean_at=now - 25 * DAY, visits=1),
        "lacks only this": replace(lived(0, 1, 2), visits=1),
        "new, visited often": replace(lived(0, first=now - HOUR), visits=9),
        "new": replace(lived(0, first=now - HOUR), visits=1),
        "familiar": familiar,
        "weekly": replace(EARNED, days=2, stage=4, visits=200),
    }
    order = sorted(rows, key=lambda name: familiarity.urgency(rows[name], now))
    assert set(order[:2]) == {"would lapse soon", "lacks only this"}
    assert order[2:] == ["new, visited often", "new", "familiar", "weekly"]


@pytest.mark.parametrize(
    ("host", "familiar"),
    [
        ("www.foo.co.jp", True),
        ("foo.co.jp", True),
        ("bar.co.jp", False),
        ("user.weebly.com", False),
        ("weebly.com", False),
        ("user.github.io", False),
        ("10.0.0.1", False),
    ],
)
def test_the_rules_of_today_beat_what_was_earned(host: str, familiar: bool) -> None:
    """A domain that the rules call a platform since yesterday is not tunnelled any more."""
    names = {"foo.co.jp", "weebly.com", "user.github.io", "10.0.0.1"}
    assert familiarity.is_household_familiar(host_link(host), names, RULES) is familiar


def test_the_bounds_leave_out_nobody_whom_the_rules_would_change() -> None:
    bounds = familiarity.bounds(NOW + WEEK)
    assert EARNED.days >= bounds.days
    assert (EARNED.registered_at or 0) < bounds.registered_before
    assert (EARNED.clean_at or 0) > bounds.clean_since
    assert EARNED.last_at >= bounds.seen_since
