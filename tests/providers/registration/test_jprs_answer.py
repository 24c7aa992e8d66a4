"""The two forms of JPRS, each in both languages, as its server writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.registration.age import parse_japanese_day
from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.jprs_answer import read_registered

HEADER = """\
[ JPRS database provides information on network administration. Its use is    ]
[ restricted to network administration purposes. For further information,     ]
[ use 'whois -h whois.jprs.jp help'. To suppress Japanese output, add'/e'     ]
[ at the end of command, e.g. 'whois -h whois.jprs.jp xxx/e'.                 ]

"""

GENERAL = f"""{HEADER}Domain Information:
[Domain Name]                   EXAMPLE.JP

[Registrant]                    Example K.K.

[Name Server]                   ns1.example.jp
[Signing Key]

[Created on]                    2018/03/21
[Expires on]                    2027/03/31
[Status]                        Active
[Last Updated]                  2026/04/01 01:05:04 (JST)
"""

GENERAL_JAPANESE = f"""{HEADER}Domain Information: [ドメイン情報]
[Domain Name]                   EXAMPLE.JP

[登録者名]                      例示株式会社
[Registrant]                    Example K.K.

[登録年月日]                    2018/03/21
[有効期限]                      2027/03/31
[状態]                          Active
[最終更新]                      2026/04/01 01:05:04 (JST)
"""

ORGANISATION = f"""{HEADER}Domain Information:
a. [Domain Name]                EXAMPLE.CO.JP
g. [Organization]               Example K.K.
l. [Organization Type]          Corporation
m. [Administrative Contact]     AB1234JP
p. [Name Server]                ns1.example.co.jp
s. [Signing Key]
[State]                         Connected (2027/05/31)
[Lock Status]                   AgentChangeLocked
[Registered Date]               2001/05/14
[Connected Date]                2001/05/22
[Last Update]                   2026/06/01 01:05:03 (JST)
"""

ORGANISATION_JAPANESE = f"""{HEADER}Domain Information: [ドメイン情報]
a. [ドメイン名]                 EXAMPLE.CO.JP
e. [そしきめい]                 れいじ
f. [組織名]                     例示株式会社
g. [Organization]               Example K.K.
[状態]                          Connected (2027/05/31)
[登録年月日]                    2001/05/14
[接続年月日]                    2001/05/22
[最終更新]                      2026/06/01 01:05:03 (JST)
"""

FORMS = [
    ("general", GENERAL, "example.jp", "2018/03/21"),
    ("general, Japanese", GENERAL_JAPANESE, "example.jp", "2018/03/21"),
    ("organisation", ORGANISATION, "example.co.jp", "2001/05/14"),
    ("organisation, Japanese", ORGANISATION_JAPANESE, "example.co.jp", "2001/05/14"),
]


@pytest.mark.parametrize("encoding", ["iso2022_jp", "utf-8"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("form", "domain", "day"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_both_forms_are_read_in_both_languages(
    form: str, domain: str, day: str, end: str, encoding: str
) -> None:
    raw = form.replace("\n", end).encode(encoding)
    assert read_registered(raw, domain) == parse_japanese_day(day)


def test_a_japanese_name_is_recognised() -> None:
    form = GENERAL.replace("EXAMPLE.JP", "日本語.JP", 1)
    assert read_registered(form.encode("iso2022_jp"), "xn--wgv71a119e.jp") is not None
    form = GENERAL.replace("EXAMPLE.JP", "??.JP\n[Punycode]                     xn--wgv71a119e.jp", 1)
    assert read_registered(form.encode(), "xn--wgv71a119e.jp") is not None


@pytest.mark.parametrize(
    "form",
    [
        ORGANISATION.replace("2001/05/14", ""),  # names from before March 1993
        ORGANISATION.replace("[Registered Date]               2001/05/14\n", ""),
        GENERAL.replace("[Created on]                    2018/03/21\n", ""),
    ],
)
def test_a_name_without_a_day_is_registered_all_the_same(form: str) -> None:
    domain = "example.co.jp" if "CO.JP" in form else "example.jp"
    assert read_registered(form.encode(), domain) is None


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (f"{HEADER}No match!!\n\n[ Note ]\n", State.UNREGISTERED),
        (f"{HEADER}該当するデータがありません。\n", State.UNREGISTERED),
        ("Query limit exceeded. Please try again later.\n", State.RATE_LIMITED),
        (f"{HEADER}Too many requests from your address\n", State.RATE_LIMITED),
        ("短時間に多数の検索が行われたため、検索を制限しています。\n", State.RATE_LIMITED),
        ("Access denied\n", State.REFUSED),
        (HEADER, State.UNREADABLE),
        ("", State.UNREADABLE),
        ("<html>502 Bad Gateway</html>", State.UNREADABLE),
        (GENERAL.replace("EXAMPLE.JP", "OTHER.JP", 1), State.UNREADABLE),
        (GENERAL.replace("2018/03/21", "some day"), State.UNREADABLE),
    ],
)
def test_each_way_to_give_no_day_is_told_apart(text: str, state: State) -> None:
    with pytest.raises(NoAnswerError) as error:
        read_registered(text.encode(), "example.jp")
    assert error.value.state is state


def test_a_registrant_cannot_play_the_registry() -> None:
    """Whoever registers a name chooses its holder's name, and would like to be old or unknown."""
    form = GENERAL.replace("Example K.K.", "No match!! limit exceeded [Created on] 1999/01/01")
    assert read_registered(form.encode(), "example.jp") == parse_japanese_day("2018/03/21")


_LINES = st.lists(
    st.sampled_from([*GENERAL.splitlines(), *ORGANISATION_JAPANESE.splitlines()]) | st.text(max_size=40),
    max_size=12,
)


@given(
    st.binary(max_size=300)
    | _LINES.map(lambda lines: "\n".join(lines).encode("iso2022_jp", "replace"))
    | _LINES.map(lambda lines: "\n".join(lines).encode("utf-8", "replace"))
)
def test_any_bytes_are_a_day_none_or_the_documented_error(raw: bytes) -> None:
    try:
        registered = read_registered(raw, "example.jp")
    except NoAnswerError:
        return
    assert registered is None or registered > 0
