from pathlib import Path

import pytest
from pydantic import ValidationError

from sekisho.settings import Settings, SettingsError, load_settings

TOPIC = "an-unguessable-topic"


def test_nobody_is_told_unless_the_family_says_where() -> None:
    settings = Settings()
    assert settings.notify.urls == ()
    assert (settings.notify.language, settings.ntfy.server) == ("ja", "https://ntfy.sh")
    assert settings.ntfy.topic.get_secret_value() == ""


def test_addresses_come_from_the_file_and_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address may hold commas; only blanks part several of them."""
    path = tmp_path / "sekisho.toml"
    path.write_text('[notify]\nurls = ["json://127.0.0.1:1/a", "mailto://u:p@h?to=a,b"]\nlanguage = "en"\n')
    path.chmod(0o600)
    notify = load_settings({}, path).notify
    assert [url.get_secret_value() for url in notify.urls] == [
        "json://127.0.0.1:1/a",
        "mailto://u:p@h?to=a,b",
    ]
    assert notify.language == "en"
    monkeypatch.setenv("SEKISHO_NOTIFY__URLS", "mailto://u:p@h?to=a,b  json://127.0.0.1/")
    assert len(load_settings({}, path).notify.urls) == 2


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[notify]\nurls = ["my-hidden-thing"]', "as apprise has them"),
        ('[notify]\nurls = ["json://a my-hidden-thing"]', "as apprise has them"),
        ('[notify]\nurls = ["json://my-hidden-thing", 3]', "text in quotes"),
        ('[ntfy]\ntopic = "my-hidden"', "can be guessed"),
        ('[ntfy]\nreply_topic = "my hidden thing"', "up to 64 letters"),
        ('[ntfy]\ntoken = "my hidden thing"', "as ntfy shows it"),
    ],
)
def test_a_mistake_in_a_secret_never_shows_it(tmp_path: Path, table: str, sentence: str) -> None:
    """People post such messages in forums, and send them to their children."""
    path = tmp_path / "sekisho.toml"
    path.write_text(table)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match=sentence) as caught:
        load_settings({}, path)
    assert "hidden" not in str(caught.value)
    assert f"{path}:2" in str(caught.value)


def test_a_repr_holds_no_secret() -> None:
    settings = Settings.model_validate(
        {"notify": {"urls": ["json://hidden"]}, "ntfy": {"topic": f"{TOPIC}-hidden", "token": "tk_hidden"}}
    )
    assert "hidden" not in repr(settings)


def test_who_can_read_the_file_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "sekisho.toml"
    path.write_text('[notify]\nurls = ["json://a"]\n')
    path.chmod(0o644)
    load_settings({}, path)
    assert "others can read it" in caplog.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"notify": {"language": "fr"}}, "'ja' or 'en'"),
        ({"notify": {"urls": 3}}, "square brackets"),
        ({"ntfy": {"server": "http://ntfy.example"}}, "could answer for the family"),
        ({"ntfy": {"server": "https://ntfy.example/topic"}}, "without a path"),
        ({"ntfy": {"server": "https://[::1"}}, "without a path"),
        ({"ntfy": {"topic": TOPIC, "reply_topic": TOPIC}}, "another topic"),
        ({"ntfy": {"tokens": "x"}}, "not permitted"),
    ],
)
def test_what_cannot_be_used_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Settings.model_validate(wrong)


def test_a_server_of_ones_own_may_have_short_topics() -> None:
    ntfy = Settings.model_validate(
        {"ntfy": {"server": "http://127.0.0.1:8/", "token": "tk_1", "topic": "family"}}
    ).ntfy
    assert (ntfy.server, ntfy.topic.get_secret_value()) == ("http://127.0.0.1:8", "family")
