"""Load: flags, environment and file → Settings, or one message that says which of them is wrong.

The nearest layer wins: flags, ``SEKISHO_…`` variables, the TOML file (``--config``, else
``sekisho.toml`` in the state folder), defaults. A bad value is told with its origin, the value and the
remedy; an unknown key in the file is an error, and nothing starts on half of the settings.
"""

import difflib
import logging
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource

from sekisho.settings.model import ENV_PREFIX, Settings, default_state, several

logger = logging.getLogger(__name__)

CONFIG_NAME = "sekisho.toml"


class SettingsError(ValueError):
    """A setting cannot be used. The message names its origin, the value and the remedy."""


def load_settings(flags: Mapping[str, object], config: Path | None = None) -> Settings:
    """Read flags, environment and file. `flags` has field names; None and empty tuples were not given.

    Raises SettingsError.
    """
    given = {name: value for name, value in flags.items() if value is not None and value != ()}
    environment = _environment()
    path = _config_path(given, environment, config)
    table, lines = _read_file(path) if path else ({}, {})
    merged = {**table, **environment, **given, "config": path}
    try:
        return Settings(**merged)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        value = merged.get(name)
        if len(first["loc"]) > 1 and isinstance(first["loc"][1], int):
            value = several(value)[first["loc"][1]]  # type: ignore[index]  # pydantic walked the same way
        origin = _origin(name, given, environment, path, lines)
        raise SettingsError(f"{origin}: {str(value)!r}: {_remedy(name, first)}") from None


def _environment() -> dict[str, Any]:
    """What SEKISHO_… variables say. Unknown ones are let be, since container systems add their own."""
    for name in os.environ:
        key = name.removeprefix(ENV_PREFIX).lower()
        if name.startswith(ENV_PREFIX) and key not in Settings.model_fields and (near := _nearest(key)):
            logger.warning("%s is no setting; did you mean %s%s?", name, ENV_PREFIX, near.upper())
    return EnvSettingsSource(Settings)()


def _config_path(given: dict[str, Any], environment: dict[str, Any], config: Path | None) -> Path | None:
    """The file that was asked for, which must be there; else the one of the state folder, if it is."""
    asked, origin = (config, "--config") if config else (environment.get("config"), f"{ENV_PREFIX}CONFIG")
    if asked:
        path = Path(asked).expanduser()
        if not path.is_file():
            raise SettingsError(
                f"{origin}: {str(path)!r}: there is no such file; give a TOML file of settings"
            )
        return path.absolute()
    state = given.get("state") or environment.get("state") or default_state()
    path = Path(state).expanduser() / CONFIG_NAME
    return path.absolute() if path.is_file() else None


def _read_file(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """The table of a TOML file, and the line on which each key stands."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        table = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: it cannot be read ({error.strerror}); check who owns it") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: it is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f'{path}: it is no TOML: {error}; text stands in quotes: name = "value"'
        ) from None
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if key := re.match(r"\s*\[?\s*\"?([A-Za-z0-9_-]+)", line):
            lines.setdefault(key[1], number)
    for name in table:
        where = f"{path}:{lines[name]}" if name in lines else str(path)
        if name == "config":
            raise SettingsError(f"{where}: config: a file cannot name another one; take the line out")
        if name not in Settings.model_fields:
            near = _nearest(name)
            remedy = f"did you mean {near}?" if near else f"known are {', '.join(sorted(_FILE_FIELDS))}"
            raise SettingsError(f"{where}: {name}: there is no such setting; {remedy}")
    # A path in a file is meant from where the file stands.
    for name in ("state", "upstream_ca", "rules"):
        if isinstance(table.get(name), str) and table[name].strip():
            table[name] = path.parent / Path(table[name]).expanduser()
    return table, lines


def _origin(
    name: str, given: dict[str, Any], environment: dict[str, Any], path: Path | None, lines: dict[str, int]
) -> str:
    if name in given:
        return f"--{name.replace('_', '-')}"
    if name in environment:
        return f"{ENV_PREFIX}{name.upper()}"
    where = f"{path}:{lines[name]}" if name in lines else str(path)
    return f"{where}: {name}"


def _remedy(name: str, error: Any) -> str:
    """Our own words stand behind pydantic's ``Value error,``; what pydantic itself checks is said anew."""
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "string_type":
        return "write a text in quotes"
    bounds = {
        key: getattr(item, key)
        for item in Settings.model_fields[name].metadata
        for key in ("ge", "le")
        if hasattr(item, key)
    }
    if bounds:
        return f"write a whole number from {bounds['ge']} to {bounds['le']}"
    return str(error["msg"])


def _nearest(name: str) -> str | None:
    near = difflib.get_close_matches(name.replace("-", "_"), _FILE_FIELDS, n=1, cutoff=0.6)
    return near[0] if near else None


_FILE_FIELDS = tuple(name for name in Settings.model_fields if name != "config")
