"""One list for both ways to run: an addon that is missing in one of them is a check that is missing there."""

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

import sekisho.proxy
from sekisho.engine.engine import Engine
from sekisho.link import host_link
from sekisho.proxy import addons as addons_module
from sekisho.proxy import master, script
from sekisho.proxy.addons import make_addons
from sekisho.verdict import Evidence, Level, Reason

MOST_LINES = 120
"""Of a file with an addon: what is longer holds decisions that belong into the engine or the policy."""


def names_of(addons: list[object]) -> list[str]:
    return [type(addon).__name__ for addon in addons]


@pytest.fixture
def addons(engine: Engine) -> list[object]:
    return make_addons(engine, Flask("portal"), lambda client_id: None)


def test_the_guard_stands_last_and_foreign_clients_are_refused_first(addons: list[object]) -> None:
    names = names_of(addons)
    assert (names[0], names[-1]) == ("Clients", "Guard")
    assert names.index("Portal") < names.index("Tunnel") < names.index("Click")
    assert names.index("Click") < names.index("Secret") < names.index("Page") < names.index("Icon")


def test_each_is_an_object_of_its_own(addons: list[object]) -> None:
    """mitmproxy skips the later hooks of the same object where one raises: the Guard must not be skipped."""
    assert len({type(addon) for addon in addons}) == len(addons)


def test_a_tunnel_is_taken_before_mitmproxy_chooses_a_layer(engine: Engine) -> None:
    class Layers:
        pass

    names = names_of(make_addons(engine, Flask("portal"), lambda client_id: None, layers=(Layers(),)))
    assert names.index("Layers") == names.index("Tunnel") + 1


def test_what_turns_bad_closes_its_connections(engine: Engine) -> None:
    closed: list[str] = []
    make_addons(engine, Flask("portal"), closed.append)
    link = host_link("turned-bad.example")
    engine.connections.approve("client 1", link.host, 443, "192.168.1.20", (link,))
    engine.reload.changed()
    assert closed == []
    engine.judge.note_page(link, "/", (Evidence(Reason.PAGE, Level.WARN, "page", "a fake"),))
    engine.reload.changed()
    assert closed == ["client 1"]


@pytest.mark.parametrize("way", [master.SekishoMaster.__init__, script.script_addons])
def test_both_ways_to_run_take_this_list(way: Callable[..., object]) -> None:
    assert way.__globals__["make_addons"] is addons_module.make_addons
    assert "make_addons(" in inspect.getsource(way)


def test_no_addon_is_long_and_none_is_left_out_of_the_list(addons: list[object]) -> None:
    folder = Path(inspect.getfile(sekisho.proxy)).parent
    files = {Path(inspect.getfile(type(addon))) for addon in addons}
    for file in files:
        assert file.parent == folder
        assert len(file.read_text("utf-8").splitlines()) <= MOST_LINES, file
    for file in set(folder.glob("*.py")) - files:
        hooks = ("def requestheaders(", "def request(", "def server_connect(", "def responseheaders(")
        assert not any(hook in file.read_text("utf-8") for hook in hooks), (
            f"{file} has hooks and is not listed"
        )
