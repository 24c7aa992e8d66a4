"""The settings that keep the gate shut must hold whatever the family sets."""

import asyncio
import ipaddress
import ssl
import stat
from pathlib import Path

import certifi
import pytest

from sekisho.portal.password import PASSWORD_NAME, set_password
from sekisho.proxy.master import FIXED, SekishoMaster, ca_folder, make_authority, options_for
from sekisho.proxy.portal_app import set_up_for
from sekisho.settings import (
    DeskSettings,
    FeedSettings,
    HouseholdSettings,
    RegistrationSettings,
    Settings,
    parse_resolve,
)


def every_setting(tmp_path: Path) -> list[Settings]:
    """One Settings for every value that a user may set, and one with all of them."""
    authority = tmp_path / "own-ca.pem"
    make_authority(tmp_path / "other")
    authority.write_bytes((tmp_path / "other" / "mitmproxy-ca-cert.pem").read_bytes())
    values: dict[str, object] = {
        "port": 0,
        "listen": "0.0.0.0",
        "resolve": (parse_resolve("*.lab.example=127.0.0.1"),),
        "upstream_ca": authority,
        "allow_private": (ipaddress.ip_network("10.0.0.0/8"),),
        "rules": tmp_path,
        "store_url": f"sqlite:///{tmp_path / 'x.db'}",
        "go_on_minutes": 60,
        "household": HouseholdSettings(regions=("de",), scripts=("latin",)),
        "virustotal": {"key": "abc", "host": "http://127.0.0.1:9"},
        "registration": RegistrationSettings(on=False),
        "feeds": FeedSettings(enabled=False),
        "notify": {"urls": ["json://127.0.0.1:9"], "language": "en"},
        "ntfy": {"server": "http://127.0.0.1:9", "topic": "an-unguessable-topic"},
        "config": tmp_path / "sekisho.toml",
        "desk": DeskSettings(port=8443),
    }
    unset = set(Settings.model_fields) - set(values) - {"state"}
    assert not unset, f"say here what happens to mitmproxy when somebody sets {unset}"
    state = tmp_path / "state"
    one_each = [Settings.model_validate({"state": state, name: value}) for name, value in values.items()]
    return [*one_each, Settings.model_validate({"state": state, **values})]


@pytest.mark.slow
def test_the_fixed_options_hold_after_every_option_that_a_user_may_set(tmp_path: Path) -> None:
    async def run(settings: Settings) -> None:
        make_authority(ca_folder(settings))
        master = SekishoMaster(settings, asyncio.get_running_loop())
        for name, value in FIXED.items():
            assert getattr(master.options, name) == value, name
        own_port = ["regular@0.0.0.0:8443"] if settings.desk.port else []
        assert master.options.mode == ["regular", *own_port]
        assert master.options.confdir == str(settings.state / "ca")
        assert "block_global" not in master.options  # its addon is not loaded; Clients stands for it
        await master.done()

    for settings in every_setting(tmp_path):
        asyncio.run(run(settings))


@pytest.mark.parametrize(
    ("option", "value"),
    [("connection_strategy", "lazy"), ("upstream_cert", False), ("http3", False), ("rawtcp", False),
     ("http2_ping_keepalive", 0), ("validate_inbound_headers", True), ("stream_large_bodies", None),
     ("ssl_insecure", False)],
)  # fmt: skip
def test_the_options_that_were_found_to_matter_are_fixed(option: str, value: object) -> None:
    assert FIXED[option] == value


def test_the_guard_stands_last_and_every_addon_for_itself(tmp_path: Path) -> None:
    async def run() -> list[str]:
        settings = Settings(state=tmp_path / "state")
        make_authority(ca_folder(settings))
        master = SekishoMaster(settings, asyncio.get_running_loop())
        await master.done()
        return [type(addon).__name__ for addon in master.addons.chain]

    names = asyncio.run(run())
    # Tunnel before mitmproxy's NextLayer, so that it can take a familiar connection out of its hands.
    assert names[-13:] == [
        "Clients",
        "DeskPort",
        "Lifecycle",
        "Portal",
        "Tunnel",
        "NextLayer",
        "Click",
        "Secret",
        "Page",
        "Icon",
        "TlsMessages",
        "Trim",
        "Guard",
    ]


def test_the_authority_is_made_once_and_its_key_is_the_owner_s_alone(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    make_authority(folder)
    key = folder / "mitmproxy-ca.pem"
    before = key.read_bytes()
    make_authority(folder)
    assert key.read_bytes() == before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    decoded = ssl._ssl._test_decode_cert(str(folder / "mitmproxy-ca-cert.pem"))  # type: ignore[attr-defined]
    assert (("commonName", "sekisho"),) in decoded["subject"]


def test_a_family_s_own_authority_is_trusted_beside_the_well_known_ones(tmp_path: Path) -> None:
    settings = every_setting(tmp_path)[-1]
    make_authority(ca_folder(settings))
    joined = options_for(settings)["ssl_verify_upstream_trusted_ca"]
    assert isinstance(joined, str)
    both = ssl.create_default_context(cafile=joined)
    known = ssl.create_default_context(cafile=certifi.where())
    assert len(both.get_ca_certs()) == len(known.get_ca_certs()) + 1
    assert options_for(Settings(state=tmp_path))["ssl_verify_upstream_trusted_ca"] is None


def test_a_code_is_made_only_where_there_is_no_password(tmp_path: Path) -> None:
    """A code beside a password would be a second way in; a damaged file must not become one."""
    settings = Settings(state=tmp_path)
    assert len(set_up_for(settings).code) == 9
    set_password(tmp_path, "a password")
    assert set_up_for(settings).code == ""
    (tmp_path / PASSWORD_NAME).write_text("damaged")
    assert set_up_for(settings).code == ""
