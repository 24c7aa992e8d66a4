"""The ``[virustotal]`` table: the key, the server, and how much may be asked.

The key is a SecretStr, which shows itself only to whoever asks for it by name: never in a repr, a log
line or an error. Without a key (here or in the state folder, see `keyfile`) nobody is asked anything.
"""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from sekisho.settings.addresses import web_server

VIRUSTOTAL = "https://www.virustotal.com"
KEY_RULE = "a key is letters and digits, as https://www.virustotal.com/gui/my-apikey shows it"


def clean_key(text: str) -> str:
    """A key without the blanks around it. Raises ValueError where it is none; the message does not hold it.

    VirusTotal's keys are 64 hexadecimal digits today. Nothing longer, and nothing that would mean
    something in a URL or a header, is taken for one.
    """
    key = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", key):
        raise ValueError(f"{KEY_RULE}; copy it again")
    return key


def _key(value: object) -> SecretStr:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    return SecretStr(clean_key(value))


class VirusTotalSettings(BaseModel):
    """How VirusTotal is asked. Frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[SecretStr, BeforeValidator(_key)] = SecretStr("")
    """The API key; empty where there is none here."""
    host: str = VIRUSTOTAL
    """The server, as ``https://name``; http only where it is this computer (a stand-in for tests)."""
    wait: float = Field(default=2.5, ge=0.1, le=30)
    """Seconds that a click waits for an answer at most."""
    per_minute: int = Field(default=4, ge=1, le=100_000)
    """Questions in any 60 seconds; 4 is what a free key allows."""
    per_day: int = Field(default=500, ge=1, le=10_000_000)
    """Questions in one UTC day; 500 is what a free key allows."""

    @field_validator("host")
    @classmethod
    def _check_host(cls, value: str) -> str:
        return web_server(value, VIRUSTOTAL, "the key would be sent unencrypted")
