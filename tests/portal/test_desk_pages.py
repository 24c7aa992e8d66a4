"""What the family does at its desk counts, once and at once; and nobody's name or picture breaks the page."""

import io

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from sekisho.notify.keys import KEYS_NAME
from sekisho.portal.family_mark import read_mark
from sekisho.portal.language import LANGUAGES
from sekisho.portal.password import set_password
from sekisho.rulebook.model import HostList, ListEntry, Rulebook
from sekisho.settings import Settings
from sekisho.store import Decision, StoreError, Visit
from sekisho.verdict import Level, Reason

from .conftest import CLIENT, NOW, STORY, text_of, verdict
from .family_desk import PASSWORD, FamilyDesk, Visitor

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a" * 2000, "nul\x00led", "\u202egnp.exe\u202c",
    "zero\u200bwidth", "{{ 7*7 }}", "%(host)s", "\ud800",
)  # fmt: skip


@pytest.fixture
def named(desk: FamilyDesk) -> None:
    """This device has a name."""
    child = desk.store.devices.add_person("Hanako", NOW)
    desk.store.devices.name(CLIENT, "phone", child.id, NOW)


def assert_harmless(page: str) -> None:
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "49" not in text_of(page).replace("2026", "")
    assert not set("\u202e\u202c\u200b\x00\ud800") & set(page)


@pytest.mark.usefixtures("named")
@pytest.mark.parametrize(
    ("answer", "kind", "lasts", "client"),
    [("once", "allow", 1800.0, "192.168.1.9"), ("1d", "allow", 86_400.0, None), ("1w", "allow", 604_800.0, None),
     ("always", "allow", None, None), ("block", "block", None, None)],
)  # fmt: skip
def test_an_ask_is_told_with_its_reason_and_answered_once(
    desk: FamilyDesk, family: Visitor, answer: str, kind: str, lasts: float | None, client: str | None
) -> None:
    ask = desk.asked(STORY.host, client="192.168.1.9", path="/login")
    page = family.get("/desk/asks")
    said = text_of(page.text)
    for part in (
        "192.168.1.9 wants to open this site",
        "fake Microsoft site",
        "The digit 0 (zero)",
        "/login",
    ):
        assert part in said
    assert page.text.count("<mark>") >= 4
    desk.now += 60
    family.follow(family.send(f"/desk/asks/{ask.id}", {"answer": answer}))
    assert "Your answer counts from now on." in text_of(family.page)
    [decision] = desk.store.decisions.in_force(desk.now)
    assert (decision.kind, decision.host, decision.client) == (kind, STORY.host, client)
    assert decision.until == (None if lasts is None else desk.now + lasts)
    assert decision.by == "desk, Hanako (phone)"
    assert desk.decided == 1
    assert "By desk, Hanako (phone)" in text_of(family.page)
    late = family.send(f"/desk/asks/{ask.id}", {"answer": "always"})
    assert late.status_code == 409
    assert desk.store.decisions.in_force(desk.now) == [decision]


def test_who_answers_second_is_told_and_changes_nothing(desk: FamilyDesk, family: Visitor) -> None:
    ask = desk.asked("otter.org")
    family.get("/desk/asks")
    desk.answer(ask.id, "block", "ntfy")
    answer = family.send(f"/desk/asks/{ask.id}", {"answer": "always"})
    assert answer.status_code == 409
    assert "Somebody has answered already." in text_of(answer.text)
    assert [decision.kind for decision in desk.store.decisions.in_force(desk.now)] == ["block"]


def test_an_ask_that_is_over_a_choice_that_is_none_and_an_ask_that_never_was(
    desk: FamilyDesk, family: Visitor
) -> None:
    ask, other = desk.asked("otter.org"), desk.asked("heron.example")
    family.get("/desk/asks")
    assert family.send(f"/desk/asks/{ask.id}", {"answer": "forever"}).status_code == 400
    assert family.send("/desk/asks/made-up", {"answer": "1d"}).status_code == 409
    desk.now = ask.expires
    answer = family.send(f"/desk/asks/{other.id}", {"answer": "always"})
    assert (answer.status_code, "too old" in text_of(answer.text)) == (409, True)
    assert "Nobody answered in time." in text_of(answer.text)
    assert desk.store.decisions.in_force(desk.now) == []


def test_open_asks_stand_first_the_newest_at_the_top(desk: FamilyDesk, family: Visitor) -> None:
    for number, host in enumerate(("first.example", "second.example", "third.example")):
        desk.now = NOW + number
        ask = desk.asked(host)
        if number == 0:
            desk.answer(ask.id, "block", "ntfy")
    said = text_of(family.get("/desk/asks").text)
    places = [
        said.index(part) for part in ("third.example", "second.example", "Answered before", "first.example")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "host",
    [
        "xn--80ak6aa92e.com",
        "xn--" + "a" * 59 + ".example",
        ".".join(["a" * 63] * 3) + ".example",
        "192.0.2.7",
    ],
)
def test_any_host_can_be_shown(desk: FamilyDesk, family: Visitor, host: str, language: str) -> None:
    desk.asked(host, verdict(Reason.FEED, Level.WARN))
    desk.store.decisions.add(Decision("block", host, NOW, "x"))
    family.language = language
    for page in ("/desk/asks", "/desk/decisions"):
        assert family.get(page).status_code == 200
        assert_harmless(family.page)


def test_a_decision_for_a_while_counts_at_once_and_can_be_taken_back(
    desk: FamilyDesk, family: Visitor
) -> None:
    family.get("/desk/decisions")
    form: dict[str, object] = {"host": " https://www.otter.org/x?y ", "kind": "allow", "for": "1h"}
    family.follow(family.send("/desk/decisions", form))
    [decision] = desk.store.decisions.in_force(desk.now)
    assert (decision.host, decision.until, decision.by) == ("www.otter.org", NOW + 3600, f"desk, {CLIENT}")
    assert desk.decided == 1
    assert "www.otter.org" in text_of(family.page)
    family.follow(family.send("/desk/decisions/end", {"decision": str(decision.id)}))
    assert desk.store.decisions.in_force(desk.now) == []
    assert desk.decided == 2
    assert "It was taken back." in text_of(family.page)
    family.get("/desk/decisions")
    assert family.send("/desk/decisions/end", {"decision": str(decision.id)}).status_code == 409


def test_one_of_two_devices_is_shut_out_and_the_other_stays(desk: FamilyDesk, family: Visitor) -> None:
    kept = [
        desk.store.decisions.add(
            Decision("allow", "otter.org", NOW, "x", exact=True, client=client, until=NOW + 99)
        )
        for client in ("192.168.1.5", "192.168.1.6")
    ]
    assert "only for 192.168.1.6" in text_of(family.get("/desk/decisions").text)
    family.send("/desk/decisions/end", {"decision": str(kept[0].id)})
    assert desk.store.decisions.in_force(desk.now) == [kept[1]]


@pytest.mark.parametrize("kind", ["block", "allow"])
def test_a_decision_for_good_is_a_line_and_can_be_taken_back(
    desk: FamilyDesk, family: Visitor, kind: str
) -> None:
    path = desk.state / f"{kind}list.txt"
    path.write_text("# ours\n=one.example\none.example\n")
    family.get("/desk/decisions")
    family.follow(family.send("/desk/decisions", {"host": "otter.org", "kind": kind, "for": "always"}))
    assert path.read_text().splitlines()[3].startswith(f"otter.org  # desk, {CLIENT}, 20")
    assert "otter.org" in text_of(family.page)
    family.send("/desk/decisions/line", {"kind": kind, "line": "otter.org"})
    family.get("/desk/decisions")
    family.send("/desk/decisions/line", {"kind": kind, "line": "=one.example"})
    assert path.read_text() == "# ours\none.example\n"
    family.get("/desk/decisions")
    assert family.send("/desk/decisions/line", {"kind": "../x", "line": "one.example"}).status_code == 409


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("co.jp", "Under “co.jp” are sites of many different owners."),
        ("", "cannot be read as the name of a site"),
        ("a b", "cannot be read as the name of a site"),
        *((text, "") for text in HOSTILE),
    ],
)
def test_what_cannot_be_decided_is_said_with_the_reason(
    desk: FamilyDesk, family: Visitor, host: str, why: str
) -> None:
    family.get("/desk/decisions")
    answer = family.send(
        "/desk/decisions", {"host": host.encode("utf-8", "replace"), "kind": "allow", "for": "1d"}
    )
    assert answer.status_code == 409
    assert "This cannot be decided so." in text_of(answer.text)
    assert why in text_of(answer.text)
    assert_harmless(answer.text)
    assert desk.store.decisions.in_force(desk.now) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_would_lose_is_refused_in_the_reader_s_language(desk: FamilyDesk, language: str) -> None:
    line = ListEntry("otter.org", False, "/x/blocklist.txt:4")
    desk.rules = Rulebook(blocklist=(HostList(domains={"otter.org": line}),))
    set_password(desk.state, PASSWORD)
    family = Visitor(desk, language=language)
    family.log_in()
    family.get("/desk/decisions")
    form: dict[str, object] = {"host": "otter.org", "kind": "allow", "for": "always"}
    said = text_of(family.send("/desk/decisions", form).text)
    assert "/x/blocklist.txt:4" in said
    assert ("一覧では、反対のことになっています" in said) == (language == "ja")
    assert ("outweighs" in said) is False


@pytest.mark.parametrize("form", [{"kind": "allow", "for": "99y"}, {"kind": "maybe", "for": "1d"}, {}])
def test_a_choice_that_is_none_decides_nothing(
    desk: FamilyDesk, family: Visitor, form: dict[str, object]
) -> None:
    family.get("/desk/decisions")
    assert family.send("/desk/decisions", {"host": "otter.org", **form}).status_code == 400
    assert desk.store.decisions.in_force(desk.now) == []


@pytest.mark.parametrize("key", ["", "-1", "1e3", "９", "9" * 40, "1 OR 1=1"])
def test_only_a_number_ends_a_decision(desk: FamilyDesk, family: Visitor, key: str) -> None:
    kept = desk.store.decisions.add(Decision("block", "otter.org", NOW, "x"))
    family.get("/desk/decisions")
    assert family.send("/desk/decisions/end", {"decision": key}).status_code == 409
    assert desk.store.decisions.in_force(desk.now) == [kept]


def test_a_device_that_came_by_gets_a_name_and_an_owner(desk: FamilyDesk, family: Visitor) -> None:
    desk.store.visits.record([Visit("otter.org", Level.PASS, NOW - 60, "192.168.1.9")])
    family.get("/desk/people")
    assert "192.168.1.9" in text_of(family.page)
    family.follow(family.send("/desk/people", {"name": "お母さん"}))
    [mother] = desk.store.devices.people()
    form: dict[str, object] = {"client": "192.168.1.9", "name": "スマホ", "person": str(mother.id)}
    family.follow(family.send("/desk/devices", form))
    assert "192.168.1.9 · お母さん (スマホ)" in text_of(family.page)
    device = desk.store.devices.find("192.168.1.9")
    assert device
    assert device.label == "お母さん (スマホ)"
    family.follow(family.send("/desk/devices", {"client": "192.168.1.9", "forget": "1"}))
    assert desk.store.devices.find("192.168.1.9") is None
    family.follow(family.send("/desk/people", {"remove": str(mother.id)}))
    assert desk.store.devices.people() == []


@pytest.mark.parametrize("name", [*HOSTILE, "", "  "])
def test_a_hostile_name_is_refused_or_harmless(desk: FamilyDesk, family: Visitor, name: str) -> None:
    sent = name.encode("utf-8", "replace")
    family.get("/desk/people")
    for path, form in (("/desk/people", {}), ("/desk/devices", {"client": "192.168.1.9", "person": ""})):
        answer = family.send(path, {**form, "name": sent})
        assert answer.status_code in (303, 409)
    for page in ("/desk/people", "/desk/asks", "/desk/decisions"):
        desk.asked("otter.org", client="192.168.1.9")
        assert family.get(page).status_code == 200
        assert_harmless(family.page)


@pytest.mark.parametrize("client", [*HOSTILE, "", "localhost", "192.168.1.999"])
def test_only_an_address_is_a_device(desk: FamilyDesk, family: Visitor, client: str) -> None:
    family.get("/desk/people")
    form: dict[str, object] = {"client": client.encode("utf-8", "replace"), "name": "x", "person": ""}
    assert family.send("/desk/devices", form).status_code == 409
    assert desk.store.devices.all() == []


@pytest.mark.parametrize("person", ["99", "-1", "x"])
def test_nobody_owns_a_device_who_is_not_there(desk: FamilyDesk, family: Visitor, person: str) -> None:
    family.get("/desk/people")
    family.send("/desk/devices", {"client": "192.168.1.9", "name": "x", "person": person})
    assert [device.person_id for device in desk.store.devices.all()] in ([], [None])
    assert family.send("/desk/people", {"remove": person}).status_code == 409


def jpeg(size: tuple[int, int] = (900, 700)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).save(out, "JPEG", quality=95)
    return out.getvalue()


def file(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), name)


def test_picture_and_phrase_are_kept_small_and_one_can_change_alone(
    desk: FamilyDesk, family: Visitor
) -> None:
    family.get("/desk/look")
    family.follow(family.send("/desk/look", {"phrase": "うちの柴犬ハナ", "picture": file(jpeg(), "a.jpg")}))
    mark = read_mark(desk.state)
    assert mark.phrase == "うちの柴犬ハナ"
    assert 0 < len(mark.picture) <= 12 * 1024
    assert '<img src="data:image/jpeg;base64,' in family.page
    family.follow(family.send("/desk/look", {"phrase": "another", "picture": file(b"", "")}))
    assert read_mark(desk.state) == type(mark)("another", mark.picture)
    family.follow(family.send("/desk/look", {"phrase": "another", "remove": "1"}))
    assert read_mark(desk.state) == type(mark)("another", b"")


@pytest.mark.parametrize("upload", [b"<svg onload=alert(1)>", b"GIF89a", b"\x00" * 100])
def test_a_file_that_is_no_picture_leaves_the_old_one(
    desk: FamilyDesk, family: Visitor, upload: bytes
) -> None:
    family.get("/desk/look")
    family.follow(family.send("/desk/look", {"phrase": "a", "picture": file(jpeg((50, 50)), "a.jpg")}))
    old = read_mark(desk.state)
    answer = family.send("/desk/look", {"phrase": "b", "picture": file(upload, "../../a.svg")})
    assert answer.status_code == 409
    assert "not a picture that can be read" in text_of(answer.text)
    assert read_mark(desk.state) == old


def test_a_large_upload_is_for_who_is_logged_in_and_has_an_end(desk: FamilyDesk, family: Visitor) -> None:
    family.get("/desk/look")
    fits = family.send("/desk/look", {"picture": file(jpeg((50, 50)) + bytes(5 * 2**20), "a.jpg")})
    assert fits.status_code == 303
    family.get("/desk/look")
    assert family.send("/desk/look", {"picture": file(bytes(17 * 2**20), "a.jpg")}).status_code == 413
    other = Visitor(desk)
    other.get("/desk/login")
    assert other.send("/desk/login", {"password": "x" * 20_000}).status_code == 413
    assert other.send("/desk/look", {"picture": file(bytes(2**20), "a.jpg")}).status_code == 403


@pytest.mark.parametrize("phrase", [*HOSTILE[:2], "x" * 61, "\u202eb"])
def test_a_hostile_phrase_is_refused_or_harmless(desk: FamilyDesk, family: Visitor, phrase: str) -> None:
    family.get("/desk/look")
    assert family.send("/desk/look", {"phrase": phrase}).status_code in (303, 409)
    family.get("/desk/look")
    assert_harmless(family.page)
    assert len(read_mark(desk.state).phrase) <= 60


def test_nobody_is_told_yet(desk: FamilyDesk, family: Visitor) -> None:
    assert "sekisho notify setup" in text_of(family.get("/desk/notify").text)
    family.get("/desk/account")
    assert family.send("/desk/notify").status_code == 409
    assert desk.tried == 0


def test_a_test_message_says_what_came_of_it_and_does_not_ring_all_day(
    desk: FamilyDesk, family: Visitor
) -> None:
    desk.settings = Settings.model_validate(
        {"state": desk.state, "notify": {"urls": ["json://secret-host/x"]}}
    )
    desk.app = desk.make_app()
    visitor = Visitor(desk)
    visitor.log_in()
    desk.outcomes = (("notify 1 (json)", "refused", "it refused the message (HTTP 403)"), ("ntfy", "ok", ""))
    assert "Nothing was sent yet." in text_of(visitor.get("/desk/notify").text)
    said = text_of(visitor.send("/desk/notify").text)
    assert (
        "notify 1 (json) It does not work. For somebody who knows computers: refused: it refused the message (HTTP 403)"
        in said
    )
    assert "ntfy It works." in said
    assert "secret-host" not in visitor.page
    assert visitor.send("/desk/notify").status_code == 429
    desk.now += 30
    assert visitor.send("/desk/notify").status_code == 200
    assert desk.tried == 2


def test_a_damaged_file_of_keys_is_told(desk: FamilyDesk, family: Visitor) -> None:
    (desk.state / KEYS_NAME).write_text("{")
    assert "is damaged: restore it" in text_of(family.get("/desk/notify").text)


def test_a_store_that_fails_is_a_page(
    desk: FamilyDesk, family: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise StoreError("the store is locked")

    monkeypatch.setattr(desk.store.asks, "open_asks", lambda now: fails())
    answer = family.get("/desk/asks")
    assert answer.status_code == 503
    assert "the store is locked" in text_of(answer.text)
