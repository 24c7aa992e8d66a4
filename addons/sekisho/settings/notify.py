"""The tables ``[notify]`` and ``[ntfy]``: where the family is told, in which language, and how it replies.

Addresses, topics and the token are SecretStr, since each of them lets its owner write to the family, or
answer in its name: never in a repr, a log line or an error. Nothing is contacted here.
"""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from sekisho.settings.addresses import web_server

NTFY = "https://ntfy.sh"
LEAST_TOPIC = 16
"""Characters below which a topic without a token can be guessed, and with it the family's answers."""


def _secret(value: object, pattern: str, rule: str) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str):
        raise ValueError("write a text in quotes")
    text = text.strip()
    if text and not re.fullmatch(pattern, text):
        raise ValueError(rule)
    return SecretStr(text)


def _address(value: object) -> SecretStr:
    rule = "write addresses as apprise has them: mailto://…, tgram://…, line://…, pover://…, json://…"
    address = _secret(value, r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+", rule)
    if not address.get_secret_value():
        raise ValueError(rule)
    return address


def _addresses(value: object) -> object:
    """A list as it is; text split at blanks alone, since addresses hold commas."""
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list | tuple):
        return tuple(value)
    raise ValueError("write a list of texts in square brackets")


def _topic(value: object) -> SecretStr:
    return _secret(
        value, r"[A-Za-z0-9_-]{1,64}", "a topic has up to 64 letters, digits, dashes and underscores"
    )


def _token(value: object) -> SecretStr:
    return _secret(value, r"[!-~]{1,256}", "a token is letters and digits, as ntfy shows it: tk_…")


class NotifySettings(BaseModel):
    """How the family is told. Frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urls: Annotated[
        tuple[Annotated[SecretStr, BeforeValidator(_address)], ...], NoDecode, BeforeValidator(_addresses)
    ] = ()
    """Addresses of apprise, one for each place: mail, LINE, Telegram, Pushover, webhooks …"""
    language: Literal["ja", "en"] = "ja"
    """The language of messages."""


class NtfySettings(BaseModel):
    """The ntfy server by which the family is told and replies. Frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str = NTFY
    """``https://name``; http only where it is this computer."""
    token: Annotated[SecretStr, BeforeValidator(_token)] = SecretStr("")
    """An access token, where the server wants one."""
    topic: Annotated[SecretStr, BeforeValidator(_topic)] = SecretStr("")
    """What the family subscribes to; empty: the one that ``sekisho notify setup`` made."""
    reply_topic: Annotated[SecretStr, BeforeValidator(_topic)] = SecretStr("")
    """Where the buttons reply to."""

    @field_validator("server")
    @classmethod
    def _check_server(cls, value: str) -> str:
        return web_server(value, NTFY, "anybody on the way could answer for the family")

    @field_validator("topic", "reply_topic")
    @classmethod
    def _check_topic(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        text, token = value.get_secret_value(), info.data.get("token")
        if 0 < len(text) < LEAST_TOPIC and not (token and token.get_secret_value()):
            raise ValueError(
                f"it can be guessed, and with it the family's answers: give {LEAST_TOPIC} characters or more "
                "(leave it out, and `sekisho notify setup` makes one), or a token"
            )
        topic = info.data.get("topic")
        if text and info.field_name == "reply_topic" and topic and topic.get_secret_value() == text:
            raise ValueError("it must be another topic than the one that the family reads")
        return value
