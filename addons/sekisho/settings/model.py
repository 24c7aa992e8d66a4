"""Settings: everything that can be set, as one frozen value with its defaults.

`Settings(...)` reads nothing but its arguments, so that tests and the proxy get just what they are
given; `load.load_settings` reads flags, environment and file. Each check raises ValueError with the
remedy; where the value came from is told by `load`.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from sekisho.settings.addresses import (
    Network,
    Resolve,
    parse_listen,
    parse_private_network,
    parse_resolve,
    parse_server,
)
from sekisho.settings.household import parse_region, parse_script, scripts_of
from sekisho.settings.notify import NotifySettings, NtfySettings
from sekisho.settings.virustotal import VirusTotalSettings

ENV_PREFIX = "SEKISHO_"
STORE_NAME = "sekisho.db"
WHOIS_PORT = 43
_THIS_COMPUTER = frozenset({"127.0.0.1", "::1", "localhost"})


def several(value: object) -> object:
    """A list from the file or the flags as it is; text (environment) split at commas and blanks."""
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if isinstance(value, list | tuple):
        return tuple(value)
    raise ValueError("write a list of texts in square brackets")


def _resolve(value: object) -> Resolve:
    return value if isinstance(value, Resolve) else parse_resolve(_text(value))


def _network(value: object) -> Network:
    if isinstance(value, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return value
    return parse_private_network(_text(value))


def _path(value: object) -> Path | None:
    """A path with ``~`` opened; an empty one is a slip (it would mean the current folder)."""
    if value is None or isinstance(value, Path):
        return value
    if not _text(value).strip():
        raise ValueError("it is empty; write a path, or leave the setting out")
    return Path(_text(value)).expanduser()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    return value


AnyPath = Annotated[Path, BeforeValidator(_path)]
Resolves = Annotated[
    tuple[Annotated[Resolve, BeforeValidator(_resolve)], ...], NoDecode, BeforeValidator(several)
]
Networks = Annotated[
    tuple[Annotated[Network, BeforeValidator(_network)], ...], NoDecode, BeforeValidator(several)
]
Regions = Annotated[
    tuple[Annotated[str, BeforeValidator(lambda value: parse_region(_text(value)))], ...],
    NoDecode,
    BeforeValidator(several),
]
Scripts = Annotated[
    tuple[Annotated[str, BeforeValidator(lambda value: parse_script(_text(value)))], ...],
    NoDecode,
    BeforeValidator(several),
]


class HouseholdSettings(BaseModel):
    """The table ``[household]``: who lives here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    regions: Regions = ("jp",)
    """Countries whose brands the household deals with; the brands of the whole world count beside them."""
    scripts: Scripts = ("latin", "japanese")
    """What the household reads: scripts, or languages that are written with several."""

    @field_validator("scripts")
    @classmethod
    def _check_scripts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError('it is empty; name what the household reads, as ["latin", "japanese"]')
        return value

    @property
    def home(self) -> frozenset[str]:
        """The regions, for `build_index`."""
        return frozenset(self.regions)

    @property
    def readable(self) -> frozenset[str]:
        """The scripts by their Unicode names in lower case, for `build_index`: ``han``, ``hiragana``."""
        return scripts_of(self.scripts)


class RegistrationSettings(BaseModel):
    """The table ``[registration]``: asking registries how old a name is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: bool = True
    """Whether registries are asked at all."""
    wait: float = Field(default=1.5, ge=0, le=10)
    """Seconds that a click waits for the answer."""
    bootstrap: str = "https://data.iana.org/rdap/dns.json"
    """Where the list is that says which registry answers for which suffix."""
    whois: str = "whois.jprs.jp:43"
    """HOST:PORT of the server that is asked about names under .jp."""
    young_days: int = Field(default=30, ge=1, le=365)
    """A name that is younger is new."""

    @property
    def whois_server(self) -> tuple[str, int]:
        """`whois` as host and port."""
        return parse_server(self.whois, WHOIS_PORT)

    @field_validator("bootstrap")
    @classmethod
    def _check_bootstrap(cls, value: str) -> str:
        host: str | None
        try:
            url = urlsplit(value)
            host, _ = url.hostname, url.port
        except ValueError:
            host = None
        if not host or not (url.scheme == "https" or (url.scheme == "http" and host in _THIS_COMPUTER)):
            raise ValueError(
                "write an https address such as https://data.iana.org/rdap/dns.json "
                "(plain http only for this computer)"
            )
        return value

    @field_validator("whois")
    @classmethod
    def _check_whois(cls, value: str) -> str:
        parse_server(value, WHOIS_PORT)
        return value


Slugs = Annotated[tuple[str, ...], NoDecode, BeforeValidator(several)]


class FeedSettings(BaseModel):
    """``[feeds]``: the downloaded lists of phishing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    """False: nothing is downloaded, and no list is asked."""
    on: Slugs = ()
    """Feeds to use beside those that are on by default, as feeds.toml names them."""
    off: Slugs = ()
    """Feeds not to use."""


class DeskSettings(BaseModel):
    """``[desk]``: the desk on a port of its own, for devices that do not use the proxy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int | None = Field(default=None, ge=1, le=65535)
    """None: the desk is at sekisho.internal and on the proxy's own port alone."""
    listen: str = "0.0.0.0"  # noqa: S104  # it is for the home network, once somebody names a port
    """The address to listen on; by default that of the whole home network."""

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        return parse_listen(value)


class Settings(BaseSettings):
    """What the program was told. Frozen; made by `load_settings`, or from literals in tests."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    port: int = Field(default=8080, ge=0, le=65535)
    """The proxy's port; 0 takes any free one."""
    listen: str = "127.0.0.1"
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
    virustotal: VirusTotalSettings = Field(default_factory=VirusTotalSettings)
    """The table [virustotal]."""
    registration: RegistrationSettings = Field(default_factory=RegistrationSettings)
    """Asking registries how old a name is."""

    feeds: FeedSettings = FeedSettings()
    """The downloaded lists of phishing."""
    notify: NotifySettings = NotifySettings()
    """Where the family is told, and in which language."""
    ntfy: NtfySettings = NtfySettings()
    """The ntfy server by which the family is told and replies."""
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

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str) -> str:
        return parse_listen(value)

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
