import sqlite3

from sekisho.link import host_link
from sekisho.store import Store, Visit
from sekisho.verdict import Evidence, Level, Reason, Verdict

FAKE = host_link("fake.example")
WARN = Verdict(Level.WARN, (Evidence(Reason.LOOKALIKE, Level.WARN, "lookalike", "it imitates Amazon"),))


def test_the_log_is_newest_first_and_can_be_narrowed(store: Store) -> None:
    store.record_visits(
        [
            Visit("a.example", Level.PASS, 1.0, "192.168.1.9"),
            Visit("www.a.example", Level.WARN, 2.0, "c", "http", "resource"),
            Visit("xa.example", Level.BLOCK, 3.0, "c"),
            Visit("a_example", Level.CAUTION, 4.0, "c"),
        ]
    )

    def hosts(**narrow: object) -> list[str]:
        return [line.host for line in store.log(**{"limit": 9, **narrow})]  # type: ignore[arg-type]

    assert hosts() == ["a_example", "xa.example", "www.a.example", "a.example"]
    assert hosts(limit=1) == ["a_example"]
    assert hosts(level=Level.WARN) == ["xa.example", "www.a.example"]
    assert hosts(since=3.0) == ["a_example", "xa.example"]
    assert hosts(until=3.0) == ["www.a.example", "a.example"]
    assert hosts(client="192.168.1.9") == ["a.example"]
    assert hosts(host="a.example") == ["www.a.example", "a.example"]
    assert hosts(host="%") == []


def test_a_finding_of_another_version_does_not_hide_the_log(store: Store, url: str) -> None:
    store.record_verdict(FAKE, WARN, 1.0)
    store.record_visits([Visit(FAKE.host, Level.WARN, 1.0, "c")])
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("""UPDATE verdicts SET evidence = '[{"reason": "of the future"}]'""")
    connection.commit()
    connection.close()
    assert [line.evidence for line in store.log(limit=9)] == [()]
