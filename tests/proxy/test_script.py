"""In somebody's own mitmproxy the same checks stand in the same order, and the gate's options are set."""

import asyncio
import os
from pathlib import Path

import pytest
from mitmproxy.test import taddons

from sekisho.proxy.master import FIXED
from sekisho.proxy.script import LEFT_TO_THE_USER, script_addons


@pytest.fixture
def addons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setenv("SEKISHO_STATE", str(tmp_path / "state"))
    before = os.umask(0)
    try:
        return script_addons()
    finally:
        os.umask(before)


def test_the_guard_stands_last(addons: list[object]) -> None:
    names = [type(addon).__name__ for addon in addons]
    assert names == [
        "Prepare",
        "Clients",
        "DeskPort",
        "Lifecycle",
        "Portal",
        "Tunnel",
        "Click",
        "Secret",
        "Page",
        "Icon",
        "TlsMessages",
        "Trim",
        "Guard",
    ]


def test_the_options_that_keep_the_gate_shut_are_set_and_the_user_s_own_are_left(
    addons: list[object],
) -> None:
    prepare = addons[0]

    async def run() -> None:
        with taddons.context(prepare) as context:
            context.options.add_option("connection_strategy", str, "eager", "")
            for name in ("stream_large_bodies", "body_size_limit"):
                context.options.add_option(name, str | None, "1k", "")
            for name in ("validate_inbound_headers", "store_streamed_bodies"):
                context.options.add_option(name, bool, False, "")
            context.options.ignore_hosts = ["example.com"]
            await prepare.running()  # type: ignore[attr-defined]
            for name, value in FIXED.items():
                if name not in LEFT_TO_THE_USER:
                    assert getattr(context.options, name) == value, name
            assert context.options.ignore_hosts == ["example.com"]

    asyncio.run(run())
