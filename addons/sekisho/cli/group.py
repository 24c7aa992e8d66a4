"""Group: the names and one-line helps of all commands, what stands before them, and how they fail.

A command's module is imported when the command is called, so that `sekisho --version` and `--help` do
not wait for databases and rules. The group's options come before the command: ``sekisho --state DIR run``.
"""

import importlib
import io
import sys
import traceback
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from sekisho import __version__

_COMMANDS = {
    "run": ("run", "Start the proxy."),
    "check": ("check", "Judge links without opening them."),
    "block": ("decide", "Block hosts: nobody of the household opens them."),
    "allow": ("decide", "Allow hosts, for good or for a while."),
    "unblock": ("decide", "Take a block back."),
    "disallow": ("decide", "Take an allow back."),
    "import": ("import_lists", "Take in the lists of other blockers, renew and remove them."),
    "export": ("export", "Write the family's list for another program."),
    "update": ("update", "Fetch the lists of phishing that are due."),
    "asks": ("asks", "Show what was asked of the family, and answer."),
    "notify": ("notify", "Set up how the family is told, and try it."),
    "desk": ("desk", "Set the password of the family's desk."),
    "log": ("log", "Show who went where and what was found."),
    "virustotal": ("virustotal", "Set the key with which VirusTotal is asked."),
    "status": ("status", "Show how sources, rules and the store are doing, and what waits."),
    "forget": ("forget", "Forget what is known of hosts; decisions and lists stay."),
}
"""Command → (module, what it does in one line)."""

_EPILOG = """\
\b
Exit codes:
  0  done
  1  something could not be done: the message says what and why
  2  wrong usage, or a setting that cannot be used
  3  check: a link is as severe as --fail-on says, or could not be read

\b
Settings come from flags, then SEKISHO_… in the environment (SEKISHO_PORT=9000),
then the TOML file, then defaults.
"""


class _Commands(click.Group):
    """Knows the names and the one-line helps of all commands, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"sekisho.cli.{_COMMANDS[cmd_name][0]}")
        # `import` is a word of Python, which a function cannot bear.
        command: click.Command = getattr(module, f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])


@click.group(cls=_Commands, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of certificates, store and the family's lists.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="TOML file of settings  [default: sekisho.toml in the state folder]",
)
@click.version_option(__version__, prog_name="sekisho")
@click.pass_context
def sekisho(ctx: click.Context, /, **flags: Any) -> None:
    """A checkpoint for the links that a family clicks."""
    ctx.obj = flags


def main() -> None:
    """The console script: run a command and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without Japanese still gets its line
    try:
        sekisho.main(prog_name="sekisho")
    except Exception as error:  # the last line of defence: a mistake of ours, in one line
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}:{where.lineno}"
        lines = str(error).strip().splitlines()
        what = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
        click.echo(f"sekisho: a mistake in this program, please report it: {what} ({place})", err=True)
        sys.exit(1)
