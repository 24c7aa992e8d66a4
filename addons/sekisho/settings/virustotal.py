"""The ``[virustotal]`` table: the key, the server, and how much may be asked.

The key is a SecretStr, which shows itself only to whoever asks for it by name: never in a repr, a log
line or an error. Without a key (here or in the state folder, see `keyfile`) nobody is asked anything.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from sekisho.settings.addresses import web_server
from sekisho.settings.values import Section, fit, secret

VIRUSTOTAL = "https://www.virustotal.com"
KEY_RULE = "a key is letters and digits, as https://www.virustotal.com/gui/my-apikey shows it"


def clean_key(text: str) -> str:
    """A key without the blanks around it. Raises ValueError where it is none; the message does not hold it.

    VirusTotal's keys are 64 hexadecimal digits today. Nothing longer, and nothing that would mean
    something in a URL or a header, is taken for one.
    """
    return fit(text, r"[A-Za-z0-9_-]{0,256}", f"{KEY_RULE}; copy it again")


def _host(text: str) -> str:
    return web_server(text, VIRUSTOTAL, "the key would be sent unencrypted")


class VirusTotalSettings(Section):
    """How VirusTotal is asked. Frozen."""

    key: Annotated[SecretStr, secret(clean_key)] = SecretStr("")
    """The API key; empty where there is none here."""
    host: Annotated[str, AfterValidator(_host)] = VIRUSTOTAL
    """The server, as ``https://name``; http only where it is this computer (a stand-in for tests)."""
    wait: float = Field(default=2.5, ge=0.1, le=30)
    """Seconds that a click waits for an answer at most."""
    per_minute: int = Field(default=4, ge=1, le=100_000)
    """Questions in any 60 seconds; 4 is what a free key allows."""
    per_day: int = Field(default=500, ge=1, le=10_000_000)
    """Questions in one UTC day; 500 is what a free key allows."""
