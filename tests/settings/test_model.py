import ipaddress
import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

import sekisho
from sekisho.settings import DeskSettings, Settings, default_state, parse_resolve


def test_the_defaults_serve_this_computer_alone() -> None:
    """Nobody who only starts it may open a proxy to the network."""
    settings = Settings()
    assert (settings.listen, settings.port, settings.go_on_minutes) == ("127.0.0.1", 8080, 10)
    assert settings.resolve == settings.allow_private == ()
    assert settings.upstream_ca is None
    assert settings.state == default_state()
    assert settings.store_url == f"sqlite:///{default_state()}/sekisho.db"


def test_settings_are_what_was_given_and_never_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEKISHO_PORT", "9999")
    assert Settings().port == 8080


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1


def test_paths_stay_true_when_a_service_changes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r").mkdir()
    settings = Settings(state=Path("s"), rules=Path("r"))
    assert (settings.state, settings.rules) == (tmp_path / "s", tmp_path / "r")
    assert settings.store_url == f"sqlite:///{tmp_path}/s/sekisho.db"


def test_the_home_sign_is_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings.model_validate({"state": "~/s"}).state == tmp_path / "s"


def test_values_may_be_given_ready_or_as_text() -> None:
    ready = Settings(
        resolve=(parse_resolve("a=1.2.3.4"),), allow_private=(ipaddress.ip_network("10.0.0.0/8"),)
    )
    text = Settings.model_validate({"resolve": ("a=1.2.3.4",), "allow_private": "10.0.0.0/8"})
    assert ready == text


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.2", "[::1]"])
def test_every_address_can_be_listened_on(address: str) -> None:
    assert Settings(listen=address).listen == address.strip("[]")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"port": -1}, "0"),
        ({"port": 65536}, "65535"),
        ({"go_on_minutes": 0}, "1"),
        ({"go_on_minutes": 1441}, "1440"),
        ({"listen": ""}, "IP address"),
        ({"listen": "all"}, "IP address"),
        ({"upstream_ca": "/none"}, "cannot be read"),
        ({"rules": "/none"}, "no such folder"),
        ({"state": ""}, "empty"),
        ({"state": 3}, "quotes"),
        ({"resolve": 3}, "list"),
        ({"resolve": [3]}, "quotes"),
        ({"unknown": 1}, "not permitted"),
        ({"household": {"regions": ["uk"]}}, "for Britain write gb"),
        ({"household": {"regions": [3]}}, "quotes"),
        ({"household": {"regions": 3}}, "list"),
        ({"household": {"scripts": ["runes"]}}, "no such script"),
        ({"household": {"scripts": []}}, "empty"),
        ({"household": {"region": ["jp"]}}, "not permitted"),
    ],
)
def test_what_cannot_be_used_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Settings.model_validate(wrong)


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    """The proxy would otherwise trust nobody new, and nobody would know why the site does not open."""
    path = tmp_path / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    with pytest.raises(ValidationError, match="holds no certificate"):
        Settings(upstream_ca=path)


def test_the_desk_has_no_port_of_its_own_until_somebody_names_one() -> None:
    assert Settings().desk.port is None
    assert (DeskSettings(port=8443).listen, DeskSettings(port=8443, listen="[::]").listen) == (
        "0.0.0.0",
        "::",
    )
    with pytest.raises(ValidationError, match="port 8080 is the proxy's own"):
        Settings.model_validate({"desk": {"port": 8080}})
    with pytest.raises(ValidationError, match="write an IP address"):
        DeskSettings(port=8443, listen="home")


def test_every_setting_is_read_somewhere() -> None:
    """A family that sets what nobody reads believes itself to be safe."""
    code = "".join(path.read_text(encoding="utf-8") for path in Path(sekisho.__file__).parent.rglob("*.py"))
    unread = [
        f"{table}.{name}" if table else name
        for table, model in [("", Settings), *((n, f.annotation) for n, f in Settings.model_fields.items())]
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name in model.model_fields
        if not re.search(rf"\.{name}\b", code)
    ]
    assert not unread
