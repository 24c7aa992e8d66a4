"""The log-in of the desk: who has no password gets nothing, changes nothing, and logs nobody in as somebody else."""

import re

import pytest

from sekisho.portal.desk_login import PAGES
from sekisho.portal.login import FREE_GUESSES, IDLE_SECONDS
from sekisho.portal.password import PASSWORD_NAME, is_password, set_password

from .conftest import CLIENT, text_of
from .family_desk import CODE, PASSWORD, ROOT, FamilyDesk, Visitor

OTHER = "192.168.1.77"
FORMS = [
    "/desk/asks/x", "/desk/decisions", "/desk/decisions/end", "/desk/decisions/line", "/desk/people",
    "/desk/devices", "/desk/look", "/desk/notify", "/desk/logout", "/desk/language",
]  # fmt: skip


def test_every_form_of_the_desk_is_tried_below(desk: FamilyDesk) -> None:
    rules = {
        rule.rule for rule in desk.app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.") and "POST" in (rule.methods or ())
    }  # fmt: skip
    assert rules - {"/desk/start", "/desk/login"} == {
        path.replace("/asks/x", "/asks/<ask_id>") for path in FORMS
    }


def test_the_code_sets_the_password_once_and_logs_in(desk: FamilyDesk) -> None:
    visitor = Visitor(desk)
    assert visitor.get("/desk/asks").headers["Location"] == "/desk/start"
    assert "Set the family’s password" in text_of(visitor.get("/desk").text)
    other = Visitor(desk, client=OTHER)
    other.get("/desk/start")
    assert visitor.follow(visitor.start()).status_code == 200
    assert is_password(desk.state, PASSWORD)
    assert visitor.get("/desk/asks").status_code == 200
    late = other.send("/desk/start", {"code": CODE, "password": "another one", "again": "another one"})
    assert late.headers["Location"] == "/desk/login"
    assert is_password(desk.state, PASSWORD)


@pytest.mark.parametrize(
    ("code", "password", "again", "sentence"),
    [
        ("ABCD-2346", PASSWORD, PASSWORD, "This is not the code."),
        ("", PASSWORD, PASSWORD, "This is not the code."),
        (CODE, PASSWORD, "another one", "are not the same"),
        (CODE, "short", "short", "too short"),
        (CODE, "", "", "too short"),
    ],
)
def test_a_slip_at_the_first_start_sets_nothing_and_the_code_stays_good(
    desk: FamilyDesk, code: str, password: str, again: str, sentence: str
) -> None:
    visitor = Visitor(desk)
    visitor.get("/desk/start")
    answer = visitor.send("/desk/start", {"code": code, "password": password, "again": again})
    assert answer.status_code == 403
    assert sentence in text_of(answer.text)
    assert not (desk.state / PASSWORD_NAME).exists()
    assert visitor.start().status_code == 303


def test_guessing_the_code_slows(desk: FamilyDesk) -> None:
    visitor = Visitor(desk)
    statuses = [visitor.start("AAAA-AAAA").status_code for _ in range(FREE_GUESSES + 2)]
    assert statuses == [403] * FREE_GUESSES + [429, 429]
    assert visitor.start().status_code == 429
    assert not (desk.state / PASSWORD_NAME).exists()


def test_without_a_code_the_page_says_how_to_get_one(desk: FamilyDesk) -> None:
    desk.set_up.use(CODE, lambda: None)
    visitor = Visitor(desk)
    assert "sekisho desk password" in text_of(visitor.get("/desk/start").text)
    assert visitor.start(CODE).status_code == 403
    assert not (desk.state / PASSWORD_NAME).exists()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_nobody_reads_a_page_without_logging_in_and_gets_there_afterwards(
    desk: FamilyDesk, page: str
) -> None:
    set_password(desk.state, PASSWORD)
    visitor = Visitor(desk)
    answer = visitor.get(f"/desk/{page}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/login?next={page}")
    assert answer.text == ""
    assert f'name="next" value="{page}"' in visitor.follow(answer).text
    answer = visitor.send("/desk/login", {"password": PASSWORD, "next": page})
    assert answer.headers["Location"] == f"/desk/{page}"
    assert visitor.follow(answer).status_code == 200


@pytest.mark.parametrize("path", FORMS)
def test_no_form_does_anything_without_a_session(desk: FamilyDesk, path: str) -> None:
    set_password(desk.state, PASSWORD)
    visitor = Visitor(desk)
    visitor.get("/desk/login")  # it has a token, but of no session
    answer = visitor.send(
        path, {"host": "otter.org", "kind": "allow", "for": "1d", "name": "x", "phrase": "x"}
    )
    assert answer.status_code == 403
    assert_nothing_happened(desk)


@pytest.mark.parametrize(
    "wrong",
    [
        "no token",
        "another session's token",
        "a made-up token",
        "other origin",
        "null origin",
        "cross-site",
        "no origin",
    ],
)
def test_no_form_does_anything_unless_it_is_ours(desk: FamilyDesk, family: Visitor, wrong: str) -> None:
    form: dict[str, object] = {"host": "otter.org", "kind": "allow", "for": "1d", "name": "x", "answer": "1d"}
    before = Visitor(desk, client=OTHER)
    before.log_in()
    before.get("/desk/account")
    [foreign] = set(re.findall(r'name="token" value="([^"]+)"', before.page))
    for path in FORMS:
        family.get("/desk/account")
        answer = {
            "no token": lambda path: family.send(path, form, token=""),
            "another session's token": lambda path: family.send(path, form, token=foreign),
            "a made-up token": lambda path: family.send(path, form, token="form.x"),
            "other origin": lambda path: family.send(path, form, Origin="https://evil.example"),
            "null origin": lambda path: family.send(path, form, Origin="null"),
            "no origin": lambda path: family.send(path, form, Origin=""),
            "cross-site": lambda path: family.send(path, form, Sec_Fetch_Site="cross-site"),
        }[wrong](path)
        assert answer.status_code == 403, path
        assert "did not come from this page" in text_of(answer.text)
    assert_nothing_happened(desk)
    assert family.get("/desk/account").status_code == 200, "still logged in"


def assert_nothing_happened(desk: FamilyDesk) -> None:
    assert desk.store.decisions.in_force(desk.now) == []
    assert desk.store.devices.people() == []
    assert desk.store.devices.all() == []
    assert (desk.decided, desk.tried) == (0, 0)
    assert not {"family-look.json", "allowlist.txt", "blocklist.txt"} & {
        path.name for path in desk.state.iterdir()
    }


def test_get_never_changes_anything(desk: FamilyDesk, family: Visitor) -> None:
    ask = desk.asked("otter.org")
    for path in FORMS:
        family.get(
            path.replace("/x", f"/{ask.id}") + "?answer=always&kind=allow&host=otter.org&for=1d&everywhere=1"
        )
    assert desk.store.asks.find(ask.id) == ask
    assert_nothing_happened(desk)
    assert family.get("/desk/account").status_code == 200


def test_another_device_cannot_log_the_family_in_as_somebody_else(desk: FamilyDesk) -> None:
    """Login CSRF: another page sends the log-in form. It has no cookie of ours that fits its token."""
    set_password(desk.state, PASSWORD)
    other = Visitor(desk, client=OTHER)
    other.get("/desk/login")
    [token] = re.findall(r'name="token" value="([^"]+)"', other.page)
    for prepared in (False, True):
        victim = Visitor(desk)
        if prepared:
            victim.get("/desk/login")
        answer = victim.send("/desk/login", {"password": PASSWORD}, token=token)
        assert answer.status_code == 403
        assert "__Host-sekisho-desk" not in victim.cookies()
    victim = Visitor(desk)
    victim.get("/desk/login")
    assert (
        victim.send("/desk/login", {"password": PASSWORD}, Origin="https://evil.example").status_code == 403
    )
    assert "__Host-sekisho-desk" not in victim.cookies()


def test_a_session_that_a_browser_brings_along_is_never_taken_over(desk: FamilyDesk) -> None:
    set_password(desk.state, PASSWORD)
    victim = Visitor(desk)
    victim.browser.set_cookie("__Host-sekisho-desk", "planted", domain="sekisho.internal", secure=True)
    victim.log_in()
    assert victim.cookies()["__Host-sekisho-desk"] != "planted"
    attacker = Visitor(desk, client=OTHER)
    attacker.browser.set_cookie("__Host-sekisho-desk", "planted", domain="sekisho.internal", secure=True)
    assert attacker.get("/desk/asks").status_code == 303


def test_a_new_log_in_ends_the_session_before_it(desk: FamilyDesk, family: Visitor) -> None:
    first = family.cookies()["__Host-sekisho-desk"]
    family.log_in()
    assert family.cookies()["__Host-sekisho-desk"] != first
    thief = Visitor(desk, client=OTHER)
    thief.browser.set_cookie("__Host-sekisho-desk", first, domain="sekisho.internal", secure=True)
    assert thief.get("/desk/asks").status_code == 303


@pytest.mark.parametrize(
    ("root", "name", "more"),
    [(ROOT, "__Host-sekisho-desk", "; Secure"), ("http://sekisho.internal", "sekisho-desk", "")],
)
def test_the_cookie_is_for_this_host_and_no_script(desk: FamilyDesk, root: str, name: str, more: str) -> None:
    set_password(desk.state, PASSWORD)
    cookies = Visitor(desk, root=root).log_in().headers.getlist("Set-Cookie")
    [session] = [cookie for cookie in cookies if cookie.startswith(f"{name}=")]
    assert re.fullmatch(
        rf"{name}=[\w-]{{43}}; Expires=[^;]+; Max-Age=2592000{more}; HttpOnly; Path=/; SameSite=Strict",
        session,
    )


@pytest.mark.parametrize("path", ["/desk/start", "/desk/login"])
def test_where_a_password_could_be_overheard_the_page_says_so(desk: FamilyDesk, path: str) -> None:
    if path == "/desk/login":
        set_password(desk.state, PASSWORD)
    link = f'href="https://192.168.1.2:8080{path}"'
    overheard = Visitor(desk, root="http://192.168.1.2:8080")
    here = Visitor(desk, root="http://192.168.1.2:8080", client="127.0.0.1")
    protected = Visitor(desk, root="https://192.168.1.2:8080")
    assert [link in one.get(path).text for one in (overheard, here, protected)] == [True, False, False]
    assert ("Wi-Fi" in overheard.page, "Wi-Fi" in here.page) == (True, False)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "../w/x", "asks/../../x",
     "asks\r\nX: y", "logout", "", "desk"],
)  # fmt: skip
def test_a_log_in_leads_to_our_own_pages_only(desk: FamilyDesk, target: str) -> None:
    set_password(desk.state, PASSWORD)
    visitor = Visitor(desk)
    visitor.get("/desk/login")
    answer = visitor.send("/desk/login", {"password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/desk"


def test_guessing_the_password_slows_for_this_device_and_says_for_how_long(desk: FamilyDesk) -> None:
    set_password(desk.state, PASSWORD)
    guesser = Visitor(desk, client=OTHER)
    assert [guesser.log_in(f"guess {n}").status_code for n in range(FREE_GUESSES + 1)] == [
        403
    ] * FREE_GUESSES + [429]
    answer = guesser.log_in()
    assert answer.status_code == 429, "the right one is not tried either"
    assert answer.headers["Retry-After"] == "3"
    assert "wait 3 seconds" in text_of(answer.text)
    assert Visitor(desk).log_in().status_code == 303, "the family comes in from elsewhere"
    desk.now += 3
    assert guesser.log_in().status_code == 303


def test_log_out_ends_this_session_only_and_everywhere_ends_all(desk: FamilyDesk, family: Visitor) -> None:
    other, third = Visitor(desk, client=OTHER), Visitor(desk, client=OTHER)
    other.log_in()
    third.log_in()
    stolen = family.cookies()["__Host-sekisho-desk"]
    family.get("/desk/account")
    assert family.send("/desk/logout").status_code == 303
    thief = Visitor(desk)
    thief.browser.set_cookie("__Host-sekisho-desk", stolen, domain="sekisho.internal", secure=True)
    assert [one.get("/desk/asks").status_code for one in (family, thief, other)] == [303, 303, 200]
    other.get("/desk/account")
    other.send("/desk/logout", {"everywhere": "1"})
    assert [one.get("/desk/asks").status_code for one in (other, third)] == [303, 303]


def test_sessions_last_over_a_restart_and_end_with_the_password_and_with_time(
    desk: FamilyDesk, family: Visitor
) -> None:
    again = Visitor(desk)
    again.browser = desk.make_app().test_client()
    name, value = "__Host-sekisho-desk", family.cookies()["__Host-sekisho-desk"]
    again.browser.set_cookie(name, value, domain="sekisho.internal", secure=True)
    assert again.get("/desk/asks").status_code == 200
    desk.now += IDLE_SECONDS - 1
    assert again.get("/desk/asks").status_code == 200
    set_password(desk.state, "another password")
    assert [one.get("/desk/asks").status_code for one in (family, again)] == [303, 303]


def test_a_password_file_that_is_damaged_opens_nothing_and_says_so(desk: FamilyDesk, family: Visitor) -> None:
    (desk.state / PASSWORD_NAME).write_text("")
    for path in ("/desk/asks", "/desk/start", "/desk/login"):
        answer = family.get(path)
        assert answer.status_code == 503
        assert "sekisho desk password" in text_of(answer.text)
    assert family.get("/desk").status_code == 200


def test_the_first_page_tells_who_is_logged_in_everything(desk: FamilyDesk, family: Visitor) -> None:
    desk.asked("otter.org", client=OTHER)
    assert "Asks that wait for an answer: 1" in text_of(family.get("/desk").text)
    assert "Asks that wait" not in Visitor(desk).get("/desk").text
    assert 'href="/desk/asks"' in family.get("/desk").text
    outside = Visitor(desk, client=CLIENT).get("/desk").text
    assert 'href="/desk/asks"' not in outside
    assert 'href="/desk/login"' in outside


def test_a_chosen_language_stays_on_this_device(desk: FamilyDesk, family: Visitor) -> None:
    family.get("/desk/account")
    family.send("/desk/language", {"language": "ja"})
    assert '<html lang="ja">' in family.get("/desk/asks").text
    assert '<html lang="ja">' in family.get("/safe").text
    family.get("/desk/account")
    family.send("/desk/language", {"language": "xx<script>"})
    assert '<html lang="en">' in family.get("/desk/asks").text


@pytest.mark.parametrize(
    "host", ["evil.example", "sekisho.internal.evil.example", "192.168.1.2.evil.example", "x"]
)
def test_a_name_that_was_pointed_here_gets_nothing(desk: FamilyDesk, family: Visitor, host: str) -> None:
    answer = family.get("/desk/asks", Host=host)
    assert answer.status_code == 421
    assert "Asks" not in text_of(answer.text)
