"""The tables ``[notify]`` and ``[ntfy]``: where the family gets its messages, in which language, and how it replies.

Addresses, topics and the token are SecretStr, since each of them lets its owner write to the family, or
answer in its name: never in a repr, a log line or an error. Nothing is contacted here.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from sekisho.settings.addresses import web_server
from sekisho.settings.values import Section, fit, secret, several_words

NTFY = "https://ntfy.sh"
LEAST_TOPIC = 16
"""Characters below which a topic without a token can be guessed, and with it the family's answers."""


def _address(text: str) -> str:
    rule = "write addresses as apprise has them: mailto://…, tgram://…, line://…, pover://…, json://…"
    return fit(text, r"[A-Za-z][A-Za-z0-9+.-]{0,30}://\S+", rule)


def _topic(text: str) -> str:
    return fit(text, r"[A-Za-z0-9_-]{0,64}", "a topic has up to 64 letters, digits, dashes and underscores")


def _token(text: str) -> str:
    return fit(text, r"[!-~]{0,256}", "a token is letters and digits, as ntfy shows it: tk_…")


def _server(text: str) -> str:
    return web_server(text, NTFY, "anybody on the way could answer for the family")


class NotifySettings(Section):
    """Messages to the family. Frozen."""

    urls: Annotated[
        tuple[Annotated[SecretStr, secret(_address)], ...], NoDecode, BeforeValidator(several_words)
    ] = ()
    """Addresses of apprise, one for each place: mail, LINE, Telegram, Pushover, webhooks …"""
    language: Literal["ja", "en"] = "ja"
    """The language of messages."""


class NtfySettings(Section):
    """The ntfy server that carries messages and replies. Frozen."""

    server: Annotated[str, AfterValidator(_server)] = NTFY
    """``https://name``; http only where it is this computer."""
    token: Annotated[SecretStr, secret(_token)] = SecretStr("")
    """An access token, where the server wants one."""
    topic: Annotated[SecretStr, secret(_topic)] = SecretStr("")
    """What the family subscribes to; empty: the one that ``sekisho notify setup`` made."""
    reply_topic: Annotated[SecretStr, secret(_topic)] = SecretStr("")
    """Where the buttons reply to."""

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
