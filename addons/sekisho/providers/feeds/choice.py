"""Choice: the feeds that this household uses — rules/feeds.toml, the family's own feeds.toml, and its switches."""

import difflib
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from sekisho.providers.feeds.spec import FeedSpec, parse_feeds
from sekisho.rulebook import RuleError, rules_folder

if TYPE_CHECKING:
    from sekisho.settings import Settings

NAME = "feeds.toml"


def feed_files(rules: Path | None, state: Path) -> tuple[Path, Path]:
    """The files that `read_feeds` reads, whether they are there or not."""
    return (rules if rules is not None else rules_folder()) / NAME, state / NAME


def read_feeds(rules: Path | None = None, state: Path | None = None) -> dict[str, FeedSpec]:
    """Slug → feed: all that are known here, the project's first, whether on or off.

    Either file may be missing: a household without feeds is a choice. Raises RuleError with all problems.
    """
    rules = rules if rules is not None else rules_folder()
    specs, problems = _file(rules / NAME, f"{rules.name}/{NAME}", own=False)
    if state is not None:
        path = state / NAME
        own, more = _file(path, str(path), own=True)
        problems += more
        for slug in own.keys() & specs.keys():
            problems.append(f"{path}: [{slug}] is the name of a feed of {rules.name}/{NAME}; give it another")
        specs |= own
    if problems:
        raise RuleError(tuple(problems))
    return specs


def feeds_of(settings: "Settings") -> tuple[FeedSpec, ...]:
    """The feeds that this household uses by its settings; none where they are switched off as a whole.

    Raises RuleError as `read_feeds`, ValueError as `chosen_feeds`.
    """
    if not settings.feeds.enabled:
        return ()
    specs = read_feeds(settings.rules, settings.state)
    return chosen_feeds(specs, settings.feeds.on, settings.feeds.off)


def chosen_feeds(
    specs: dict[str, FeedSpec], on: Collection[str] = (), off: Collection[str] = ()
) -> tuple[FeedSpec, ...]:
    """Those that are switched on, in the files' order.

    `on` and `off`: the family's switches, by slug; off wins. Raises ValueError for a slug that nobody knows.
    """
    for slug in (*on, *off):
        if slug not in specs:
            near = difflib.get_close_matches(slug, specs, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(specs) or 'none'}"
            raise ValueError(f"feeds: {slug!r}: there is no such feed; {remedy}")
    return tuple(spec for slug, spec in specs.items() if (spec.on or slug in on) and slug not in off)


def _file(path: Path, source: str, *, own: bool) -> tuple[dict[str, FeedSpec], list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return {}, []
    except OSError as error:
        return {}, [f"{source}: it cannot be read ({error.strerror}); check who owns it"]
    except UnicodeDecodeError:
        return {}, [f"{source}: it is not UTF-8; save it as UTF-8"]
    return parse_feeds(text.replace("\r\n", "\n"), source, own=own)
