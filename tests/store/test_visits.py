import sqlite3

from sekisho.link import host_link
from sekisho.store import Store, Visit
from sekisho.verdict import Evidence, Fake, Level, Reason, Trick, Verdict

FAKE = host_link("fake.example")
WARN = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Amazon"),))
IMITATION = Evidence(
    Reason.LOOKALIKE,
    Level.WARN,
    "lookalike",
    "it imitates Microsoft",
    "microsoft",
    Trick.LEET,
    "microsoft.com",
    (Fake(4, 5, "o"),),
    (17, 26),
    at=10.0,
)


def test_the_log_is_newest_first_and_can_be_narrowed(store: Store) -> None:
    store.visits.record(
        [
            Visit("a.example", Level.PASS, 1.0, "192.168.1.9"),
            Visit("www.a.example", Level.WARN, 2.0, "c", "http", "resource"),
            Visit("xa.example", Level.BLOCK, 3.0, "c"),
            Visit("a_example", Level.CAUTION, 4.0, "c"),
        ]
    )

    def hosts(**narrow: object) -> list[str]:
        return [line.host for line in store.visits.log(**{"limit": 9, **narrow})]  # type: ignore[arg-type]

    assert hosts() == ["a_example", "xa.example", "www.a.example", "a.example"]
    assert hosts(limit=1) == ["a_example"]
    assert hosts(level=Level.WARN) == ["xa.example", "www.a.example"]
    assert hosts(since=3.0) == ["a_example", "xa.example"]
    assert hosts(until=3.0) == ["www.a.example", "a.example"]
    assert hosts(client="192.168.1.9") == ["a.example"]
    assert hosts(host="a.example") == ["www.a.example", "a.example"]
    assert hosts(host="%") == []


def test_a_finding_of_another_version_does_not_hide_the_log(store: Store, url: str) -> None:
    store.verdicts.record(FAKE, WARN, 1.0)
    store.visits.record([Visit(FAKE.host, Level.WARN, 1.0, "c")])
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("""UPDATE verdicts SET evidence = '[{"reason": "of the future"}]'""")
    connection.commit()
    connection.close()
    assert [line.evidence for line in store.visits.log(limit=9)] == [()]


def test_the_evidence_comes_back_as_it_was_found(store: Store) -> None:
    """The log and the page must show months later just what was found then."""
    store.verdicts.record(FAKE, Verdict(Level.WARN, (IMITATION,)), 10.0)
    store.visits.record([Visit(FAKE.host, Level.WARN, 11.0, "192.168.1.5")])
    (line,) = store.visits.log(limit=9)
    assert line.evidence == (IMITATION,)
    assert (line.host, line.level, line.at, line.client) == (FAKE.host, Level.WARN, 11.0, "192.168.1.5")
    assert (line.scheme, line.kind, line.verdict_level) == ("https", "click", Level.WARN)


def test_a_host_as_long_as_a_book_is_kept_short(store: Store) -> None:
    link = host_link("a" * 3000 + ".example")
    store.verdicts.record(link, Verdict(Level.WARN, (IMITATION,)), 1.0)
    store.visits.record([Visit(link.host, Level.WARN, 1.0, "c" * 500)])
    (line,) = store.visits.log(limit=1)
    assert len(line.host) <= 253
    assert line.evidence == (IMITATION,)


def test_nothing_to_write_is_nothing(store: Store) -> None:
    store.visits.record([])
    assert store.visits.log(limit=1) == []
