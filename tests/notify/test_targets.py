import asyncio
from pathlib import Path

from pydantic import SecretStr

from sekisho.notify.keys import set_up
from sekisho.notify.targets import services_of, targets_of, try_all
from sekisho.settings import NotifySettings, Settings

from .ntfy_server import NtfyServer
from .receivers import Webhook


def test_a_target_shows_the_kind_of_its_address_and_no_more() -> None:
    urls = [SecretStr("tgram://bot-hidden/chat"), SecretStr("mailto://u:hidden@mail.example")]
    targets = targets_of(urls, ntfy_topic="hidden-topic")
    assert [target.name for target in targets] == ["notify 1 (tgram)", "notify 2 (mailto)", "ntfy"]
    assert "hidden" not in repr(targets)


def test_another_order_tells_nobody_twice() -> None:
    one, two = SecretStr("json://a"), SecretStr("json://b")
    there = {target.key for target in targets_of([one, two], ntfy_topic="t")}
    assert {target.key for target in targets_of([two, one, two], ntfy_topic="t")} == there
    assert len(there) == 3
    assert targets_of([]) == []


def test_places_are_called_as_people_call_them_and_show_no_secret(tmp_path: Path) -> None:
    urls = (
        "mailto://u:secret@example.org",
        "mailtos://u:secret@example.net",
        "tgram://123:abc/1",
        "hassio://x",
    )
    settings = Settings(state=tmp_path, notify=NotifySettings(urls=tuple(SecretStr(url) for url in urls)))
    assert services_of(settings) == ["mail", "Telegram", "hassio"]
    set_up(settings)
    assert services_of(settings) == ["mail", "Telegram", "hassio", "ntfy"]


def test_each_place_is_tried_and_ntfy_both_ways(tmp_path: Path) -> None:
    """Else somebody finds out on the day of a fraud."""
    with NtfyServer() as server, Webhook() as webhook:
        settings = Settings.model_validate(
            {"state": tmp_path, "notify": {"urls": [webhook.url]}, "ntfy": {"server": server.base}}
        )
        keys, _ = set_up(settings)
        outcomes = asyncio.run(try_all(settings, keys))
        assert [(name, state) for name, state, _ in outcomes] == [
            ("notify 1 (json)", "ok"), ("ntfy", "ok"), ("ntfy replies", "ok"),
        ]  # fmt: skip
        assert len(webhook.got) == len(server.of(keys.topic)) == 1


def test_nothing_set_up_is_nothing_tried(tmp_path: Path) -> None:
    assert asyncio.run(try_all(Settings(state=tmp_path), None)) == []
