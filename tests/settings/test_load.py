import datetime
import os
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sekisho.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("SEKISHO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SEKISHO_STATE", str(tmp_path))


def test_the_nearest_layer_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sekisho.toml").write_text("port = 1001\ngo_on_minutes = 3\nlisten = '::1'\n")
    monkeypatch.setenv("SEKISHO_PORT", "1002")
    monkeypatch.setenv("SEKISHO_LISTEN", "0.0.0.0")
    settings = load_settings({"port": 1003, "listen": None, "resolve": ()})
    assert (settings.port, settings.listen, settings.go_on_minutes) == (1003, "0.0.0.0", 3)
    assert settings.config == tmp_path / "sekisho.toml"


def test_without_any_layer_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings({}) == Settings(state=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_state_folder_of_a_flag_brings_its_own_file(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "sekisho.toml").write_text("port = 1001\n")
    settings = load_settings({"state": other})
    assert (settings.port, settings.state) == (1001, other)


def test_a_named_file_is_read_in_place_of_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sekisho.toml").write_text("port = 1001\n")
    named = tmp_path / "named.toml"
    named.write_text("listen = '::1'\n")
    assert load_settings({}, named).port == 8080
    monkeypatch.setenv("SEKISHO_CONFIG", str(named))
    assert (load_settings({}).listen, load_settings({}).config) == ("::1", named)


def test_paths_in_a_file_are_meant_from_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    (folder / "rules").mkdir(parents=True)
    (folder / "x.toml").write_text("rules = 'rules'\n")
    assert load_settings({}, folder / "x.toml").rules == folder / "rules"


def test_lists_come_from_every_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sekisho.toml").write_text('allow_private = ["10.0.0.0/8", "fd00::/8"]\n')
    monkeypatch.setenv("SEKISHO_RESOLVE", "a=192.0.2.1, *.b=[::1]:80")
    settings = load_settings({})
    assert [str(n) for n in settings.allow_private] == ["10.0.0.0/8", "fd00::/8"]
    assert [(r.host, r.wildcard, r.address, r.port) for r in settings.resolve] == [
        ("a", False, "192.0.2.1", None),
        ("b", True, "::1", 80),
    ]
    flag = load_settings({"resolve": ("c=192.0.2.3",)})
    assert [r.host for r in flag.resolve] == ["c"]


def test_a_certificate_is_accepted(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=1))
    ).sign(key, hashes.SHA256())
    (tmp_path / "ca.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    assert load_settings({"upstream_ca": str(tmp_path / "ca.pem")}).upstream_ca == tmp_path / "ca.pem"


@pytest.mark.parametrize(
    ("flags", "environment", "file", "sentence"),
    [
        ({"port": "80x"}, {}, "", "--port: '80x': write a whole number from 0 to 65535"),
        ({"go_on_minutes": 0}, {}, "", "--go-on-minutes: '0': write a whole number from 1 to 1440"),
        ({"resolve": ("a=1.2.3.4", "b")}, {}, "", "--resolve: 'b': write HOST=ADDRESS"),
        ({}, {"SEKISHO_PORT": "tcp://10.0.0.1:80"}, "", "SEKISHO_PORT: 'tcp://10.0.0.1:80': write a whole"),
        ({}, {"SEKISHO_RESOLVE": "a=1.2.3.4 b=x"}, "", "SEKISHO_RESOLVE: 'b=x': 'x' is no IP address"),
        ({}, {"SEKISHO_CONFIG": "/none.toml"}, "", "SEKISHO_CONFIG: '/none.toml': there is no such file"),
        ({}, {}, "# one\nport = 'x'\n", "FILE:2: port: 'x': write a whole number"),
        ({}, {}, "\n\nprot = 1\n", "FILE:3: prot: there is no such setting; did you mean port?"),
        (
            {},
            {},
            "allow-private = []\n",
            "FILE:1: allow-private: there is no such setting; did you mean allow_private?",
        ),
        (
            {},
            {},
            "[colours]\nx = 1\n",
            "FILE:1: colours: there is no such setting; known are allow_private, ",
        ),
        ({}, {}, "config = 'x'\n", "FILE:1: config: a file cannot name another one"),
        ({}, {}, "port = \n", "FILE: it is no TOML: "),
        ({}, {}, "listen = 1\n", "FILE:1: listen: '1': write a text in quotes"),
        ({}, {}, "rules = 'none'\n", "FILE:1: rules: "),
        (
            {},
            {},
            "port = 1\n[virustotal]\nwait = 'long'\n",
            "FILE:3: virustotal.wait: 'long': write a number from 0.1 to 30",
        ),
        (
            {},
            {},
            "virustotal.per-minute = 1\n",
            "FILE:1: virustotal.per-minute: there is no such setting; did you mean per_minute?",
        ),
        (
            {},
            {},
            "[virustotal]\n\ncolour = 1\n",
            "FILE:3: virustotal.colour: there is no such setting; known are host, key, per_day, per_minute, wait",
        ),
        (
            {},
            {},
            "virustotal = 'x'\n",
            "FILE:1: virustotal: it is a table: write [virustotal] and under it key",
        ),
        (
            {},
            {},
            "virustotal = {host = 'http://a.example'}\n",
            "FILE:1: virustotal.host: 'http://a.example': the key would be sent unencrypted",
        ),
        (
            {},
            {"SEKISHO_VIRUSTOTAL__PER_DAY": "0"},
            "",
            "SEKISHO_VIRUSTOTAL__PER_DAY: '0': write a whole number",
        ),
        (
            {},
            {"SEKISHO_VIRUSTOTAL__KYE": "x"},
            "",
            "SEKISHO_VIRUSTOTAL__KYE: there is no such setting; did you mean",
        ),
        ({}, {"SEKISHO_VIRUSTOTAL": "x"}, "", "SEKISHO_VIRUSTOTAL: it is a table: write [virustotal]"),
        ({}, {"SEKISHO_VIRUSTOTAL": "5"}, "", "SEKISHO_VIRUSTOTAL: it is a table: write [virustotal]"),
    ],
)
def test_a_bad_value_is_told_with_its_origin_and_the_remedy(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: dict[str, object],
    environment: dict[str, str],
    file: str,
    sentence: str,
) -> None:
    """Who starts a service at night must see where to look, not a library's report."""
    path = tmp_path / "sekisho.toml"
    if file:
        path.write_text(file)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings(flags)
    message = str(caught.value)
    assert message.startswith(sentence.replace("FILE", str(path)))
    assert "\n" not in message
    assert "pydantic" not in message


def test_the_household_comes_from_file_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sekisho.toml").write_text('[household]\nregions = ["de"]\n')
    assert load_settings({}).household.regions == ("de",)
    monkeypatch.setenv("SEKISHO_HOUSEHOLD__REGIONS", "at ch")
    assert load_settings({}).household.regions == ("at", "ch")


def test_each_key_of_a_table_comes_from_the_nearest_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key in the environment of a service must not undo the limits that stand in the file."""
    (tmp_path / "sekisho.toml").write_text("[virustotal]\nkey = 'of-the-file'\nper_minute = 9\nwait = 1\n")
    (tmp_path / "sekisho.toml").chmod(0o600)
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__KEY", "of-the-environment")
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__WAIT", "0.5")
    table = load_settings({}).virustotal
    assert (table.key.get_secret_value(), table.wait, table.per_minute, table.per_day) == (
        "of-the-environment",
        0.5,
        9,
        500,
    )


@pytest.mark.parametrize("origin", ["file", "environment"])
def test_a_key_is_never_told_in_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str
) -> None:
    """Messages of a service end up in logs and in questions to strangers."""
    secret = "my secret key"
    if origin == "file":
        path = tmp_path / "sekisho.toml"
        path.write_text(f"[virustotal]\nwait = 1\nkey = '{secret}'\n")
        path.chmod(0o600)
        place = f"{path}:3: virustotal.key: "
    else:
        monkeypatch.setenv("SEKISHO_VIRUSTOTAL__KEY", secret)
        place = "SEKISHO_VIRUSTOTAL__KEY: "
    with pytest.raises(SettingsError) as caught:
        load_settings({})
    assert str(caught.value).startswith(f"{place}a key is letters and digits")
    assert "secret" not in repr(caught.value)


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o640, True), (0o600, False)])
def test_a_file_with_a_key_that_others_can_read_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, warned: bool
) -> None:
    path = tmp_path / "sekisho.toml"
    path.write_text("[virustotal]\nkey = 'abc'\n")
    path.chmod(mode)
    assert load_settings({}).virustotal.key.get_secret_value() == "abc"
    assert [f"chmod go= {path}" in record.getMessage() for record in caplog.records] == [True] * warned


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "sekisho.toml").write_bytes(b"port = 1 # \xff\n")
    with pytest.raises(SettingsError, match=r"sekisho\.toml: it is not UTF-8"):
        load_settings({})


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--config: .*none\.toml.*no such file"):
        load_settings({}, tmp_path / "none.toml")


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Service files write `SEKISHO_PORT=` to mean the default."""
    monkeypatch.setenv("SEKISHO_PORT", "")
    assert load_settings({}).port == 8080


def test_a_misspelled_variable_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SEKISHO_PROT", "1")
    monkeypatch.setenv("SEKISHO_VERSION_OF_THE_IMAGE", "2")
    monkeypatch.setenv("SEKISHO_VIRUSTOTAL__WAIT", "2")
    assert load_settings({}).port == 8080
    assert [record.getMessage() for record in caplog.records] == [
        "SEKISHO_PROT is no setting; did you mean SEKISHO_PORT?"
    ]
