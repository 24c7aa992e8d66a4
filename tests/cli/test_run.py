import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from sekisho.settings import Settings

Cli = Callable[..., Result]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The proxy itself has tests of its own: here only what it is given."""
    given: list[Settings] = []
    proxy = types.ModuleType("sekisho.proxy")

    def serve(settings: Settings) -> int:
        given.append(settings)
        if settings.port == 1:
            raise PermissionError(13, "Permission denied", str(settings.state))
        if settings.port == 2:
            raise KeyboardInterrupt
        return 7

    proxy.serve = serve  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sekisho.proxy", proxy)
    return given


def test_every_flag_reaches_the_proxy_and_its_code_comes_back(
    cli: Cli, served: list[Settings], state: Path
) -> None:
    flags = ("--port", "0", "--listen", "0.0.0.0", "--resolve", "a=192.0.2.1", "--resolve", "*.b=[::1]:80")
    result = cli("run", *flags, "--allow-private", "10.0.0.0/8", "--allow-private", "fd00::/8")
    assert result.exit_code == 7
    (settings,) = served
    assert (settings.port, settings.listen, settings.state) == (0, "0.0.0.0", state)
    assert [rule.host for rule in settings.resolve] == ["a", "b"]
    assert [str(network) for network in settings.allow_private] == ["10.0.0.0/8", "fd00::/8"]


def test_a_bad_flag_starts_nothing(cli: Cli, served: list[Settings]) -> None:
    result = cli("run", "--port", "http")
    assert (result.exit_code, served) == (2, [])
    assert result.stderr == "sekisho: --port: 'http': write a whole number from 0 to 65535\n"


def test_what_the_system_refuses_is_told(cli: Cli, served: list[Settings], state: Path) -> None:
    result = cli("run", "--port", "1")
    assert result.exit_code == 1
    assert result.stderr == f"sekisho: the proxy cannot start: Permission denied {state}\n"


def test_ctrl_c_is_a_good_end(cli: Cli, served: list[Settings]) -> None:
    assert cli("run", "--port", "2").exit_code == 0
    assert served


def test_state_and_config_may_stand_behind_run_too(cli: Cli, served: list[Settings], tmp_path: Path) -> None:
    config = tmp_path / "own.toml"
    config.write_text("port = 9000\n")
    cli("run", "--state", str(tmp_path / "elsewhere"), "--config", str(config))
    (settings,) = served
    assert (settings.state, settings.config, settings.port) == (tmp_path / "elsewhere", config, 9000)
