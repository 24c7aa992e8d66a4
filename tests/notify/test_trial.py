"""A test message tells of each place whether it took it, so that nobody finds out on the day of a fraud."""

import asyncio
from pathlib import Path

from sekisho.notify.keys import set_up
from sekisho.notify.trial import try_all
from sekisho.settings import Settings

from .ntfy_server import NtfyServer
from .receivers import Webhook


def test_each_place_is_tried_and_ntfy_both_ways(tmp_path: Path) -> None:
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
