"""``sekisho run``: read the settings and hand them to the proxy, which runs until it is stopped."""

from pathlib import Path
from typing import Any

import click

from sekisho.cli.failure import Failure, settings_of


@click.command()
@click.option("--port", metavar="PORT", help="The proxy's port; 0 takes any free one.  [default: 8080]")
@click.option("--listen", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--resolve",
    metavar="HOST=ADDRESS[:PORT]",
    multiple=True,
    help="Where a name leads, instead of what DNS says; *.name for all names under it. Repeatable.",
)
@click.option("--upstream-ca", metavar="FILE", help="More certificates to trust in servers, PEM.")
@click.option(
    "--allow-private",
    metavar="CIDR",
    multiple=True,
    help="A private network that names may lead to. Repeatable.",
)
@click.option("--state", type=click.Path(path_type=Path), metavar="DIR", help="As before the command.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="As before the command.")
@click.pass_context
def run(ctx: click.Context, /, state: Path | None, config: Path | None, **flags: Any) -> None:
    """Start the proxy; SIGTERM or Ctrl-C stops it."""
    # `scripts/run` hands all of its flags to this command, these two included.
    for name, value in (("state", state), ("config", config)):
        if value is not None:
            ctx.obj = {**(ctx.find_object(dict) or {}), name: value}
    settings = settings_of(ctx, **flags)
    from sekisho.proxy import serve

    try:
        code = serve(settings)
    except KeyboardInterrupt:
        code = 0
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise Failure(f"the proxy cannot start: {error.strerror or error}{where}") from error
    ctx.exit(code)
