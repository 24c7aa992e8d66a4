"""Load: flags, environment and file → Settings, or one message that says which of them is wrong.

The nearest layer wins: flags, ``SEKISHO_…`` variables, the TOML file (``--config``, else
``sekisho.toml`` in the state folder), defaults. A bad value is reported with its origin, the value and the
remedy; an unknown key in the file is an error, and nothing starts on half of the settings.

A table (``[virustotal]``) is one field whose value is a model of its own; each of its keys comes from
the nearest layer that gives it. Its keys are named ``virustotal.wait``, and ``SEKISHO_VIRUSTOTAL__WAIT``
in the environment. The value of a secret is never shown.
"""

import difflib
import logging
import os
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource
from pydantic_settings.exceptions import SettingsError as EnvironmentFormatError

from sekisho.settings.keyfile import warn_of_readers
from sekisho.settings.model import ENV_PREFIX, Settings, default_state
from sekisho.settings.values import several

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
    for name in _TABLES:
        if name in table and name in environment:
            merged[name] = {**table[name], **environment[name]}
    try:
        return Settings(**merged)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name, rest = str(first["loc"][0]), first["loc"][1:]
        value = merged.get(name)
        if name in _TABLES and rest:
            value = value.get(rest[0]) if isinstance(value, Mapping) else value
            name = f"{name}.{rest[0]}"
        elif rest and isinstance(rest[0], int):
            value = several(value)[rest[0]]  # type: ignore[index]  # pydantic walked the same way
        origin = _origin(name, given, environment, path, lines)
        shown = "" if _is_secret(name) else f"{str(value)!r}: "
        raise SettingsError(f"{origin}: {shown}{_remedy(name, first)}") from None


def origin_of(name: str, settings: Settings) -> str:
    """Where a setting comes from that is no flag, in words: the environment's variable, or the file.

    `name` as in ``virustotal.wait``.
    """
    return _origin(name, {}, _environment(), settings.config, {})


def _environment() -> dict[str, Any]:
    """What SEKISHO_… variables say. Unknown ones are let be, since container systems add their own.

    One behind ``SEKISHO_VIRUSTOTAL__`` was meant for sekisho, and is an error.
    """
    for name in os.environ:
        key = name.removeprefix(ENV_PREFIX).lower()
        if (
            not name.startswith(ENV_PREFIX)
            or key in Settings.model_fields
            or key.partition("__")[0] in _TABLES
        ):
            continue
        if near := _nearest(key, _FILE_FIELDS, cutoff=0.6):
            logger.warning("%s is no setting; did you mean %s?", name, _variable(near))
    try:
        values = EnvSettingsSource(Settings)()
    except EnvironmentFormatError:
        given = {name.upper() for name, value in os.environ.items() if value}
        wrong = next(name for name in _TABLES if _variable(name) in given)
        raise SettingsError(_no_table(_variable(wrong), wrong)) from None
    for name in _TABLES:
        if name in values:
            _check_table(name, values[name], _variable)
    return values


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
    lines = _lines(text)
    for name in table:
        where = _place(path, lines, name)
        if name == "config":
            raise SettingsError(f"{where}: config: a file cannot name another one; take the line out")
        if name not in Settings.model_fields:
            raise SettingsError(_no_setting(f"{where}: {name}", name, _FILE_FIELDS, cutoff=0.6))
        if name in _TABLES:
            _check_table(name, table[name], lambda key: f"{_place(path, lines, key)}: {key}")
            if any(_is_secret(f"{name}.{key}") and value for key, value in table[name].items()):
                warn_of_readers(path, path.stat().st_mode, "a key or a password")
    # A path in a file is meant from where the file stands.
    for name in ("state", "upstream_ca", "rules"):
        if isinstance(table.get(name), str) and table[name].strip():
            table[name] = path.parent / Path(table[name]).expanduser()
    return table, lines


def _lines(text: str) -> dict[str, int]:
    """The line of each key and each table; a key in a table is named ``table.key``."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        key = re.match(r"\s*(\[?)\s*\"?([A-Za-z0-9_-]+)\"?(?:\s*\.\s*\"?([A-Za-z0-9_-]+))?", line)
        if key is None:
            continue
        if key[1]:
            table = key[2]
            lines.setdefault(table, number)
        elif table:
            lines.setdefault(f"{table}.{key[2]}", number)
        else:
            lines.setdefault(key[2], number)
            if key[3]:
                lines.setdefault(f"{key[2]}.{key[3]}", number)
    return lines


def _place(path: Path, lines: dict[str, int], name: str) -> str:
    """``file:line`` of a key, or of the table that it stands in; the file alone where neither is found."""
    line = lines.get(name) or lines.get(name.partition(".")[0])
    return f"{path}:{line}" if line else str(path)


def _check_table(name: str, value: object, place: Callable[[str], str]) -> None:
    """Raises SettingsError where a table is none, or has a key that nobody knows."""
    if not isinstance(value, Mapping):
        raise SettingsError(_no_table(place(name), name))
    known = _TABLES[name].model_fields
    for key in value:
        if key not in known:
            raise SettingsError(_no_setting(place(f"{name}.{key}"), str(key), known, cutoff=0.5))


def _no_table(place: str, name: str) -> str:
    key = next(iter(_TABLES[name].model_fields))
    variable = _variable(f"{name}.{key}")
    return f"{place}: it is a table: write [{name}] and under it {key} = …, or set {variable}"


def _variable(name: str) -> str:
    """The environment's name of a setting: ``virustotal.wait`` → ``SEKISHO_VIRUSTOTAL__WAIT``."""
    return ENV_PREFIX + name.replace(".", "__").upper()


def _origin(
    name: str, given: dict[str, Any], environment: dict[str, Any], path: Path | None, lines: dict[str, int]
) -> str:
    def gives(layer: dict[str, Any]) -> bool:
        table, _, key = name.partition(".")
        return table in layer and (not key or key in layer[table])

    if gives(given):
        return f"--{name.replace('_', '-')}"
    if gives(environment):
        return _variable(name)
    return f"{_place(path, lines, name) if path else 'the settings'}: {name}"


def _remedy(name: str, error: Any) -> str:
    """Our own words stand behind pydantic's ``Value error,``; what pydantic itself checks gets other words."""
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "string_type":
        return "write a text in quotes"
    field = _field(name)
    bounds = {
        key: getattr(item, key) for item in field.metadata for key in ("ge", "le") if hasattr(item, key)
    }
    if bounds:
        number = "number" if field.annotation is float else "whole number"
        return f"write a {number} from {bounds['ge']} to {bounds['le']}"
    return str(error["msg"])


def _field(name: str) -> FieldInfo:
    """The setting of that name; of an unknown one, an empty field."""
    table, _, key = name.partition(".")
    known = _TABLES[table].model_fields if key and table in _TABLES else Settings.model_fields
    return known.get(key or table, FieldInfo())


def _is_secret(name: str) -> bool:
    return _holds_secret(_field(name).annotation)


def _holds_secret(kind: object) -> bool:
    """A type is SecretStr, or a collection of them."""
    return kind is SecretStr or any(_holds_secret(part) for part in get_args(kind))


def _no_setting(place: str, name: str, known: Collection[str], *, cutoff: float) -> str:
    near = _nearest(name, known, cutoff)
    remedy = f"did you mean {near}?" if near else f"known are {', '.join(sorted(known))}"
    return f"{place}: there is no such setting; {remedy}"


def _nearest(name: str, known: Collection[str], cutoff: float) -> str | None:
    """The known name that is most like this one; None where none is as like as `cutoff` (0 to 1) asks."""
    near = difflib.get_close_matches(name.replace("-", "_"), known, n=1, cutoff=cutoff)
    return near[0] if near else None


_FILE_FIELDS = tuple(name for name in Settings.model_fields if name != "config")
_TABLES: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}
"""The settings that are tables of their own."""
