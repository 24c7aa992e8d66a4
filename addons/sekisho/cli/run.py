"""``sekisho run``: read the settings and hand them to the proxy, which runs until it is stopped."""

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
@click.pass_context
def run(ctx: click.Context, /, **flags: Any) -> None:
    """Start the proxy; SIGTERM or Ctrl-C stops it."""
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
