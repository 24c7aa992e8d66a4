import pytest

from sekisho.link import host_link
from sekisho.store import Store, history
from sekisho.store.history import MOST_KEPT
from sekisho.verdict import Evidence, Level, Reason, Verdict

LINK = host_link("a.example")
CLEAN = Verdict(Level.PASS)


def found(level: Level, reason: Reason = Reason.VIRUSTOTAL, source: str = "virustotal") -> Verdict:
    return Verdict(level, (Evidence(reason, level, source, "two engines"),))


def test_clean_in_the_morning_and_bad_by_evening_is_told(store: Store) -> None:
    """ "It was fine when I clicked" is what every victim says, and it is true."""
    store.record_verdict(LINK, CLEAN, 10.0)
    store.record_verdict(LINK, CLEAN, 20.0)
    store.record_verdict(LINK, found(Level.WARN), 90.0)
    (past,) = store.memory.past_verdicts("a.example")
    assert (past.level, past.evidence, past.at, past.last_at, past.replaced_at) == (
        Level.PASS,
        (),
        10.0,
        20.0,
        90.0,
    )


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        (found(Level.WARN), 0),
        (found(Level.WARN, source="another file"), 0),
        (found(Level.WARN, Reason.FEED), 1),
        (found(Level.BLOCK), 1),
        (CLEAN, 1),
    ],
)
def test_only_another_level_or_reason_is_a_change(store: Store, second: Verdict, kept: int) -> None:
    store.record_verdict(LINK, found(Level.WARN), 1.0)
    store.record_verdict(LINK, second, 2.0)
    assert len(store.memory.past_verdicts("a.example")) == kept


def test_a_host_that_goes_back_and_forth_keeps_its_beginning(store: Store) -> None:
    """A hostile site could otherwise push out of the log how it began, or fill the disk."""
    for turn in range(2 * MOST_KEPT + 9):
        store.record_verdict(LINK, found(Level.WARN) if turn % 2 else CLEAN, float(turn))
    past = store.memory.past_verdicts("a.example")
    assert len(past) == MOST_KEPT
    assert [verdict.at for verdict in past[:2]] == [0.0, 29.0]
    assert past[-1].at == 2 * MOST_KEPT + 7


def test_a_bad_domain_makes_its_known_hosts_bad_and_leaves_worse_ones(store: Store) -> None:
    for host, verdict in (
        ("www.a.example", CLEAN),
        ("login.a.example", found(Level.BLOCK)),
        ("xa.example", CLEAN),
    ):
        store.record_verdict(host_link(host), verdict, 1.0)
    store.memory.turn_bad("a.example", found(Level.WARN), 5.0)
    assert [verdict.level for verdict in store.memory.past_verdicts("www.a.example")] == [Level.PASS]
    assert store.memory.past_verdicts("login.a.example") == []
    assert store.memory.past_verdicts("xa.example") == []


@pytest.mark.parametrize("quick", [True, False])
def test_a_known_host_is_not_a_new_one(store: Store, monkeypatch: pytest.MonkeyPatch, quick: bool) -> None:
    """With the one statement of SQLite and PostgreSQL, and on databases that have no such statement."""
    if not quick:
        monkeypatch.setattr(history, "_INSERT_NEW", {})
    store.record_verdict(LINK, found(Level.WARN), 1.0)
    store.record_verdict(LINK, CLEAN, 2.0)
    store.record_verdict(host_link("b.example"), CLEAN, 3.0)
    (past,) = store.memory.past_verdicts("a.example")
    assert (past.level, past.at, past.replaced_at) == (Level.WARN, 1.0, 2.0)
    assert store.memory.past_verdicts("b.example") == []


def test_dangerous_hosts_are_read_the_newest_first(store: Store) -> None:
    for at, (host, verdict) in enumerate(
        [("a.example", found(Level.WARN)), ("b.example", CLEAN), ("c.example", found(Level.BLOCK))]
    ):
        store.record_verdict(host_link(host), verdict, float(at))
    severe = store.memory.severe_verdicts(10)
    assert [(host, verdict.level) for host, verdict in severe] == [
        ("c.example", Level.BLOCK),
        ("a.example", Level.WARN),
    ]
    assert severe[1][1] == found(Level.WARN)
    assert len(store.memory.severe_verdicts(1)) == 1
