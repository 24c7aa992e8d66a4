"""Settings: everything that can be set, as one frozen value with its defaults.

`Settings(...)` reads nothing but its arguments, so that tests and the proxy get just what they are
given; `load.load_settings` reads flags, environment and file. Each check raises ValueError with the
remedy; `load` adds where the value came from.

A table is a `Section` in a file of its own, and one line of `Settings`: `load` finds its keys, its variables of the
environment and its secrets by itself.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Self

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from sekisho.settings.addresses import (
    Network,
    Resolve,
    parse_listen,
    parse_private_network,
    parse_resolve,
)
from sekisho.settings.feeds import FeedSettings
from sekisho.settings.household import HouseholdSettings
from sekisho.settings.notify import NotifySettings, NtfySettings
from sekisho.settings.registration import RegistrationSettings
from sekisho.settings.values import Section, several, text_of
from sekisho.settings.virustotal import VirusTotalSettings

ENV_PREFIX = "SEKISHO_"
STORE_NAME = "sekisho.db"


def _resolve(value: object) -> Resolve:
    return value if isinstance(value, Resolve) else parse_resolve(text_of(value))


def _network(value: object) -> Network:
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    return parse_private_network(text_of(value))


def _path(value: object) -> Path | None:
    """A path with ``~`` opened; an empty one is a slip (it would mean the current folder)."""
    if value is None or isinstance(value, Path):
        return value
    if not text_of(value).strip():
        raise ValueError("it is empty; write a path, or leave the setting out")
    return Path(text_of(value)).expanduser()


AnyPath = Annotated[Path, BeforeValidator(_path)]
Resolves = Annotated[
    tuple[Annotated[Resolve, BeforeValidator(_resolve)], ...], NoDecode, BeforeValidator(several)
]
Networks = Annotated[
    tuple[Annotated[Network, BeforeValidator(_network)], ...], NoDecode, BeforeValidator(several)
]
Listen = Annotated[str, AfterValidator(parse_listen)]


class DeskSettings(Section):
    """``[desk]``: the desk on a port of its own, for devices that do not use the proxy."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """None: the desk is at sekisho.internal and on the proxy's own port alone."""
    listen: Listen = "0.0.0.0"  # noqa: S104  # it is for the home network, once somebody names a port
    """The address to listen on; by default that of the whole home network."""


class Settings(BaseSettings):
    """All settings. Frozen; made by `load_settings`, or from literals in tests."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    port: int = Field(default=8080, ge=0, le=65535)
    """The proxy's port; 0 takes any free one."""
    listen: Listen = "127.0.0.1"
    """The address to listen on; 0.0.0.0 or :: for the whole home network."""
    state: AnyPath = Field(default_factory=lambda: default_state())
    """The folder of everything that must be kept: certificates, store, the family's lists."""
    config: AnyPath | None = None
    """The TOML file that was read."""
    resolve: Resolves = ()
    """Where names lead, instead of what DNS says."""
    upstream_ca: AnyPath | None = None
    """More certificates to trust in servers, PEM."""
    allow_private: Networks = ()
    """Private networks that names may lead to."""
    rules: AnyPath | None = None
    """A folder of rules in place of the one that came with the program."""
    store_url: str = ""
    """Database URL as SQLAlchemy writes it; by default sekisho.db in the state folder."""
    go_on_minutes: int = Field(default=10, ge=1, le=1440)
    """How long a host stays open to the one device whose person chose to go on."""
    household: HouseholdSettings = HouseholdSettings()
    """Which brands and scripts are near to the people who live here."""
    virustotal: VirusTotalSettings = VirusTotalSettings()
    """The table [virustotal]."""
    registration: RegistrationSettings = RegistrationSettings()
    """Asking registries how old a name is."""
    feeds: FeedSettings = FeedSettings()
    """The downloaded lists of phishing."""
    notify: NotifySettings = NotifySettings()
    """Where the family gets its messages, and in which language."""
    ntfy: NtfySettings = NtfySettings()
    """The ntfy server that carries messages and replies."""
    desk: DeskSettings = DeskSettings()
    """The desk on a port of its own."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `load_settings` reads the other layers, since it must know their origin."""
        return (init_settings,)

    @field_validator("upstream_ca")
    @classmethod
    def _check_upstream_ca(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        from cryptography import x509  # a tenth of a second, needed by few

        try:
            x509.load_pem_x509_certificates(value.read_bytes())
        except OSError as error:
            raise ValueError(
                f"it cannot be read ({error.strerror}); give a file of PEM certificates"
            ) from None
        except ValueError:
            raise ValueError(
                "it holds no certificate; give a PEM file with -----BEGIN CERTIFICATE----- in it"
            ) from None
        return value

    @field_validator("rules")
    @classmethod
    def _check_rules(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError("there is no such folder; give one that holds brands.toml and the other rules")
        return value

    @field_validator("desk")
    @classmethod
    def _check_desk(cls, value: DeskSettings, info: ValidationInfo) -> DeskSettings:
        if value.port is not None and value.port == info.data.get("port"):
            raise ValueError(f"port {value.port} is the proxy's own; choose another one for the desk")
        return value

    @model_validator(mode="after")
    def _absolute(self) -> Self:
        """Full paths, since a service may change its folder; and the store beside the rest of the state."""
        put = self.__dict__
        for name in ("state", "config", "upstream_ca", "rules"):
            if (path := put[name]) is not None:
                put[name] = path.absolute()
        put["store_url"] = put["store_url"] or f"sqlite:///{self.state / STORE_NAME}"
        return self


def default_state() -> Path:
    """The folder that this operating system has for a program's data (Linux: ~/.local/share/sekisho)."""
    return platformdirs.user_data_path("sekisho", appauthor=False)
