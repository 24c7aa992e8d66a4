import stat
from pathlib import Path

import pytest

from sekisho.notify.keys import KeysError, keys_of, set_up
from sekisho.settings import Settings

TOPICS = {"topic": "a-topic-of-the-family", "reply_topic": "a-topic-for-replies"}


def test_nothing_is_made_before_somebody_sets_it_up(tmp_path: Path) -> None:
    assert keys_of(Settings(state=tmp_path / "s")) is None
    assert not (tmp_path / "s").exists()


def test_topics_are_drawn_once_and_kept_for_this_account(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path / "s")
    keys, made = set_up(settings)
    assert made
    assert keys.topic != keys.reply_topic
    assert min(len(keys.topic), len(keys.reply_topic), len(keys.signing)) >= 32
    assert stat.S_IMODE((tmp_path / "s/notify.json").stat().st_mode) == 0o600
    assert set_up(settings) == (keys, False)
    assert keys_of(settings) == keys
    other, _ = set_up(Settings(state=tmp_path / "t"))
    assert len({keys.topic, other.topic, keys.secret, other.secret}) == 4


def test_topics_of_the_settings_count_and_get_a_secret(tmp_path: Path) -> None:
    settings = Settings.model_validate({"state": tmp_path, "ntfy": TOPICS})
    keys = keys_of(settings)
    assert keys
    assert (keys.topic, keys.reply_topic) == ("a-topic-of-the-family", "a-topic-for-replies")
    assert keys_of(settings) == keys  # the secret stays, or every button sent before would be dead
    assert set_up(settings)[0].topic == "a-topic-of-the-family"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    keys, _ = set_up(Settings(state=tmp_path))
    assert keys.topic not in repr(keys)
    assert keys.secret not in repr(keys)


@pytest.mark.parametrize(
    "content", ["", "{}", '{"secret": "hidden"}', '{"secret": 3}', "[]", '{"hidden": 1}']
)
def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    """A new secret in its place would make every subscribed phone deaf without a word."""
    path = tmp_path / "notify.json"
    path.write_text(content)
    for act in (keys_of, set_up):
        with pytest.raises(KeysError, match=r"notify\.json is damaged") as caught:
            act(Settings(state=tmp_path))
        assert "hidden" not in str(caught.value)
    assert path.read_text() == content


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeysError, match="cannot be"):
        set_up(Settings(state=tmp_path / "file"))
