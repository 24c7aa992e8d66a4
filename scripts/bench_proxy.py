"""What the proxy costs, beside what mitmproxy itself costs: scripts/bench proxy [--help]

One run on loopback against nginx measures five ways to one site: direct, mitmdump relaying (--ignore-hosts),
sekisho relaying (a familiar host), mitmdump intercepting (lazy), sekisho intercepting (an unfamiliar host
that is clean). They take turns in every round, and what counts is the median over the rounds of the ratio
to mitmdump in the same round: machines are noisy, and other programs run beside this one.

New connections are clicks (sekisho judges them fully and keeps the verdict), one after another, TLS 1.3
without resumption. Keep-alive requests are pictures of the same site. Every certificate is verified: on the
relayed ways only the site's own authority is trusted, on the others only the proxy's. HTTP/1.1 throughout.
Then sekisho alone is sent a click to each of --hosts new hosts, all of different owners.

Linux only (it reads /proc). Exit code: 0 all targets met, 1 some missed, 2 it could not be measured.
"""

import argparse
import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from http_load import LoadError, Route, bulk, keep_alive, visit

PROJECT = Path(__file__).resolve().parent.parent
FAMILIAR = "sekisho-bench-familiar.org"
UNFAMILIAR = "heron-meadow-bench.org"
BENCH_SUFFIX = "org"
WORDS = (  # noqa: SIM905  # a list is harder to read
    "amber birch cedar coral dawn ember fern field grove hazel heron lake maple meadow moss otter pebble "
    "river stone thistle willow wren"
).split()
"""Names of new hosts are made of three of these, which is enough for 10,648."""
WARM_UP = 20
"""Visits before anything is timed: certificates are made, imports done."""
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Contender:
    """One of the five ways."""

    title: str
    route: Route
    pid: int | None = None
    """The proxy's process; None where there is no proxy."""


@dataclass(frozen=True)
class Sample:
    """What one round measured of one contender."""

    connect_ms: tuple[float, ...]
    connect_cpu_ms: float
    """The proxy's CPU time, user and system, for a new connection."""
    rate: float
    """Keep-alive requests a second over all connections."""
    request_cpu_us: float
    bulk_mb: float
    """10^6 bytes a second."""

    @property
    def p50(self) -> float:
        return median(self.connect_ms)


@dataclass(frozen=True)
class Target:
    """A promise: a ratio to mitmdump in the same round."""

    what: str
    ours: str
    bare: str
    value: Callable[[Sample], float]
    bound: float
    at_least: bool

    def met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.at_least else ratio <= self.bound

    @property
    def told(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:.2f}"


DIRECT, RELAYED, OURS_RELAYED, TAKEN, OURS_TAKEN = (
    "direct",
    "mitmdump relaying",
    "sekisho relaying",
    "mitmdump intercepting",
    "sekisho intercepting",
)
TARGETS = (
    Target("relayed: keep-alive req/s", OURS_RELAYED, RELAYED, lambda s: s.rate, 0.95, True),
    Target("relayed: bulk MB/s", OURS_RELAYED, RELAYED, lambda s: s.bulk_mb, 0.95, True),
    Target("relayed: new connection p50", OURS_RELAYED, RELAYED, lambda s: s.p50, 1.10, False),
    Target("intercepted: keep-alive req/s", OURS_TAKEN, TAKEN, lambda s: s.rate, 0.90, True),
    Target("intercepted: bulk MB/s", OURS_TAKEN, TAKEN, lambda s: s.bulk_mb, 0.90, True),
    Target("intercepted: new connection p50", OURS_TAKEN, TAKEN, lambda s: s.p50, 1.15, False),
)
MOST_MEMORY = 60.0
"""MiB that sekisho may hold more than mitmdump, idle and after the load."""
MOST_GROWTH = 5.0
"""MiB that the second half of the new hosts may add. The first half may fill what is bounded."""


class CannotMeasureError(RuntimeError):
    """Something is missing or does not start; the message says what to do."""


def main() -> int:
    """Measure, print, and say whether the targets are met."""
    options = _options()
    try:
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sekisho-bench-")))
            return measure(options, folder, stack)
    except (CannotMeasureError, LoadError, OSError) as error:
        print(f"bench proxy: {error}", file=sys.stderr)
        return 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench proxy", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="rounds in which all take their turn [7]")
    parser.add_argument("--new", type=int, default=40, help="new connections a round [40]")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of keep-alive load a round [2]")
    parser.add_argument("--connections", type=int, default=8, help="keep-alive connections [8]")
    parser.add_argument("--mib", type=int, default=64, help="MiB of the long file [64]")
    parser.add_argument("--hosts", type=int, default=10_000, help="new hosts at the end; 0 for none [10000]")
    parser.add_argument("--rules", type=Path, default=PROJECT / "rules", help="rules folder [the project's]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    options = parser.parse_args()
    if options.hosts > len(WORDS) ** 3:
        parser.error(f"--hosts: at most {len(WORDS) ** 3}")
    return options


def measure(options: argparse.Namespace, folder: Path, stack: contextlib.ExitStack) -> int:
    """The whole run; the exit code."""
    load_before = os.getloadavg()[0]
    names = new_hosts(options.hosts)
    port = start_nginx(folder, stack, options.mib, names)
    bare, bare_pid = start_mitmdump(folder, stack, "intercepting")
    relay, relay_pid = start_mitmdump(folder, stack, "relaying", "--ignore-hosts", ".*")
    ours, our_pid = start_sekisho(folder, stack, options.rules, port)

    site_only = _trusting(folder / "ca.pem")
    bare_only = _trusting(folder / "intercepting" / "mitmproxy-ca-cert.pem")
    ours_only = _trusting(folder / "state" / "ca" / "mitmproxy-ca-cert.pem")
    # mitmdump has no --resolve: it is sent to `localhost`, so that it looks a name up as sekisho does,
    # and learns the site's name from the SNI.
    nginx = f"localhost:{port}"
    contenders = (
        Contender(DIRECT, Route(FAMILIAR, site_only, ("127.0.0.1", port))),
        Contender(RELAYED, Route(FAMILIAR, site_only, relay, nginx), relay_pid),
        Contender(OURS_RELAYED, Route(FAMILIAR, site_only, ours, f"{FAMILIAR}:443"), our_pid),
        Contender(TAKEN, Route(UNFAMILIAR, bare_only, bare, nginx), bare_pid),
        Contender(OURS_TAKEN, Route(UNFAMILIAR, ours_only, ours, f"{UNFAMILIAR}:443"), our_pid),
    )
    memory = {"idle": {"mitmdump": rss(bare_pid), "sekisho": rss(our_pid)}}
    for contender in contenders:
        for _ in range(WARM_UP):
            _visited(contender.route)
        keep_alive(contender.route, options.connections, 0.3)

    rounds: list[dict[str, Sample]] = []
    for number in range(options.rounds):
        _say(f"round {number + 1} of {options.rounds}")
        turn = contenders if number % 2 == 0 else contenders[::-1]
        rounds.append({each.title: sample(each, options) for each in turn})
    memory["after the load"] = {"mitmdump": rss(bare_pid), "sekisho": rss(our_pid)}

    growth, warned = visit_new_hosts(ours_only, ours, our_pid, names)
    _say("")
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in ("sekisho", "mitmproxy")},
        "cores": os.cpu_count(),
        "load_before": load_before,
        "rounds": [{title: asdict(one) for title, one in each.items()} for each in rounds],
        "rss_mib": memory,
        "new_hosts_rss_mib": growth,
        "new_hosts_warned": warned,
        "ratios": {target.what: ratios(target, rounds) for target in TARGETS},
    }
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(
        f"{options.rounds} rounds, Python {sys.version.split()[0]}, mitmproxy {version('mitmproxy')}, "
        f"{os.cpu_count()} cores, load average before: {load_before:.1f}\n"
    )
    print_table(rounds, options.connections)
    met = print_targets(rounds, memory, growth)
    if warned:
        print(f"\n{warned} of {len(names)} new hosts got a warning page instead of the site.")
    return 0 if met else 1


def sample(contender: Contender, options: argparse.Namespace) -> Sample:
    """One turn of one contender."""
    route, pid = contender.route, contender.pid
    before = cpu(pid)
    connect_ms = tuple(_visited(route) * 1e3 for _ in range(options.new))
    connect_cpu = cpu(pid) - before
    before = cpu(pid)
    done, seconds = keep_alive(route, options.connections, options.seconds)
    request_cpu = cpu(pid) - before
    return Sample(
        connect_ms,
        connect_cpu / options.new * 1e3,
        done / seconds,
        request_cpu / done * 1e6,
        bulk(route, "/long", options.mib * 2**20) / 1e6,
    )


def visit_new_hosts(
    tls: ssl.SSLContext, proxy: tuple[str, int], pid: int, names: Sequence[str]
) -> tuple[list[float], int]:
    """Click on every name once: RSS in MiB before and after each tenth, and how many were warned of."""
    if not names:
        return [], 0
    readings, warned = [rss(pid)], 0
    tenth = max(1, len(names) // 10)
    for number, name in enumerate(names, 1):
        status, _ = visit(Route(name, tls, proxy, f"{name}:443"))
        if status not in (200, 403):
            raise LoadError(f"{name}: status {status}")
        warned += status == 403
        if number % tenth == 0:
            readings.append(rss(pid))
            _say(f"new hosts: {number} of {len(names)}, RSS {readings[-1]:.1f} MiB")
    return readings, warned


def _visited(route: Route) -> float:
    status, seconds = visit(route)
    if status != 200:
        raise LoadError(f"{route.host}: status {status} where the site was expected")
    return seconds


def ratios(target: Target, rounds: Sequence[Mapping[str, Sample]]) -> list[float]:
    """Ours to mitmdump's, round by round."""
    return [target.value(each[target.ours]) / target.value(each[target.bare]) for each in rounds]


def print_table(rounds: Sequence[Mapping[str, Sample]], connections: int) -> None:
    """Every contender: medians over the rounds, p95 over all connections."""
    print(f"{'':24}{'new connection':^26}{f'keep-alive, {connections}':^22}{'bulk':>8}")
    print(f"{'':24}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'req/s':>12}{'CPU µs':>8}{'MB/s':>12}")
    for title in (DIRECT, RELAYED, OURS_RELAYED, TAKEN, OURS_TAKEN):
        samples = [each[title] for each in rounds]
        every = [ms for one in samples for ms in one.connect_ms]
        p95 = quantiles(every, n=20)[-1] if len(every) > 1 else every[0]
        no_cpu = title == DIRECT
        connect_cpu = "–" if no_cpu else f"{median(s.connect_cpu_ms for s in samples):.1f}"
        request_cpu = "–" if no_cpu else f"{median(s.request_cpu_us for s in samples):.0f}"
        print(
            f"{title:24}{median(s.p50 for s in samples):8.1f}{p95:8.1f}{connect_cpu:>8}"
            f"{median(s.rate for s in samples):12.0f}{request_cpu:>8}{median(s.bulk_mb for s in samples):12.0f}"
        )


def print_targets(
    rounds: Sequence[Mapping[str, Sample]],
    memory: Mapping[str, Mapping[str, float]],
    growth: Sequence[float],
) -> bool:
    """The targets against what was measured; whether all are met."""
    all_met = True

    def row(what: str, measured: str, spread: str, target: str, met: bool) -> None:
        nonlocal all_met
        all_met = all_met and met
        print(f"{what:34}{measured:>10}  {spread:20}{target:>10}  {'met' if met else 'MISSED'}")

    print(f"\n{'sekisho to mitmdump':34}{'median':>10}  {'(lowest to highest)':20}{'target':>10}")
    for target in TARGETS:
        each = ratios(target, rounds)
        spread = f"({min(each):.2f} to {max(each):.2f})"
        row(target.what, f"{median(each):.2f}", spread, target.told, target.met(median(each)))
    for when, mib in memory.items():
        more = mib["sekisho"] - mib["mitmdump"]
        spread = f"({mib['mitmdump']:.0f} → {mib['sekisho']:.0f} MiB)"
        row(f"RSS {when}, MiB", f"{more:+.1f}", spread, f"≤ +{MOST_MEMORY:.0f}", more <= MOST_MEMORY)
    if growth:
        late = growth[-1] - growth[len(growth) // 2]
        spread = f"({growth[0]:.0f} → {growth[len(growth) // 2]:.0f} → {growth[-1]:.0f} MiB)"
        row(
            "RSS, second half of new hosts, MiB",
            f"{late:+.1f}",
            spread,
            f"≤ +{MOST_GROWTH:.0f}",
            late <= MOST_GROWTH,
        )
    return all_met


def new_hosts(count: int) -> list[str]:
    """Names that are nobody's, each a registrable domain of its own, and spelled like no brand."""
    chosen = itertools.islice(itertools.product(WORDS, repeat=3), count)
    return [f"{'-'.join(words)}.{BENCH_SUFFIX}" for words in chosen]


def start_nginx(folder: Path, stack: contextlib.ExitStack, mib: int, names: Sequence[str]) -> int:
    """The site, for all names, with certificates of an authority that was made for this run; its port."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise CannotMeasureError("nginx is missing: apt-get install nginx-light (it need not be started)")
    write_certificates(folder, names)
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_bytes(b"<!doctype html><title>bench</title>".ljust(1024, b"\n"))
    with (folder / "site" / "long").open("wb") as long:
        for _ in range(mib):
            long.write(os.urandom(2**20))
    port = _free_port()
    listen, common = (
        f"listen 127.0.0.1:{port} ssl",
        f"root {folder}/site; ssl_certificate_key {folder}/key.pem;",
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"""daemon off; {user} worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
        events {{ worker_connections 4096; }}
        http {{
          access_log off; sendfile on; tcp_nodelay on; types {{ text/html html; }}
          default_type application/octet-stream; keepalive_requests 1000000000; keepalive_timeout 600s;
          ssl_protocols TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
          client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
          uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
          server {{ {listen}; {common} server_name {FAMILIAR} {UNFAMILIAR}; ssl_certificate {folder}/site.pem; }}
          server {{ {listen} default_server; {common} ssl_certificate {folder}/certs/$ssl_server_name.pem; }}
        }}""",
        encoding="utf-8",
    )
    process = _start(
        [program, "-e", f"{folder}/nginx.log", "-p", str(folder), "-c", f"{folder}/nginx.conf"], folder, stack
    )
    _wait_for(("127.0.0.1", port), process, folder / "nginx.log")
    return port


def write_certificates(folder: Path, names: Sequence[str]) -> None:
    """`ca.pem`, `site.pem` for the two sites, `certs/NAME.pem` for every new host; one key for all."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sekisho bench")])
    now = datetime.now(UTC)

    def write(
        path: Path, subject: x509.Name, public: ec.EllipticCurvePublicKey, *more: x509.ExtensionType
    ) -> None:
        builder = (
            x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False)
        )
        for extension in more:
            builder = builder.add_extension(extension, isinstance(extension, x509.BasicConstraints))
        certificate = builder.sign(authority, hashes.SHA256())
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    identifier = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    write(folder / "ca.pem", issuer, authority.public_key(), x509.BasicConstraints(True, None), identifier)
    (folder / "certs").mkdir()
    nobody = x509.Name([])
    for path, hosts in [
        (folder / "site.pem", (FAMILIAR, UNFAMILIAR)),
        *((folder / "certs" / f"{name}.pem", (name,)) for name in names),
    ]:
        alternative = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        write(path, nobody, key.public_key(), alternative)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def start_mitmdump(
    folder: Path, stack: contextlib.ExitStack, name: str, *more: str
) -> tuple[tuple[str, int], int]:
    """A bare mitmdump with its own authority in `folder/name`: its address and process id."""
    program = Path(sys.executable).with_name("mitmdump")
    if not program.exists():
        raise CannotMeasureError(f"{program} is missing: pip install -r requirements.lock")
    address = ("127.0.0.1", _free_port())
    command = [
        sys.executable,
        str(program),
        "-q",
        "--listen-host",
        address[0],
        "--listen-port",
        str(address[1]),
    ]
    for option in (
        f"confdir={folder / name}",
        f"ssl_verify_upstream_trusted_ca={folder / 'ca.pem'}",
        "connection_strategy=lazy",
    ):
        command += ["--set", option]
    process = _start([*command, *more], folder, stack)
    _wait_for(address, process, folder / "errors.log")
    return address, process.pid


def start_sekisho(
    folder: Path, stack: contextlib.ExitStack, rules: Path, port: int
) -> tuple[tuple[str, int], int]:
    """sekisho as a person starts it, with the project's rules and one familiar domain more."""
    shutil.copytree(rules, folder / "rules")
    with (folder / "rules" / "familiar.txt").open("a", encoding="utf-8") as familiar:
        familiar.write(f"{FAMILIAR}\n")
    command = [sys.executable, "-m", "sekisho.cli", "--state", str(folder / "state"), "run", "--port", "0"]
    command += ["--resolve", f"*.{BENCH_SUFFIX}=127.0.0.1:{port}", "--upstream-ca", str(folder / "ca.pem")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SEKISHO_")}
    environment["SEKISHO_RULES"] = str(folder / "rules")
    process = _start(command, folder, stack, environment)
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"(127\.0\.0\.1):([0-9]+)", line)
    if not found:
        raise CannotMeasureError(f"sekisho did not start: {line}{_told(folder / 'errors.log')}")
    return (found[1], int(found[2])), process.pid


def _start(
    command: list[str],
    folder: Path,
    stack: contextlib.ExitStack,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """A process that ends with this one's work."""
    errors = stack.enter_context((folder / "errors.log").open("a", encoding="utf-8"))
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=folder
    )
    stack.enter_context(_ending(process))
    return process


@contextlib.contextmanager
def _ending(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _wait_for(address: tuple[str, int], process: subprocess.Popen[str], log: Path) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(address, 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise CannotMeasureError(f"{process.args!r} does not listen on {address}:\n{_told(log)}")


def _told(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _trusting(authority: Path) -> ssl.SSLContext:
    """Trusts this authority alone, and offers HTTP/1.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(authority)
    context.set_alpn_protocols(["http/1.1"])
    return context


def rss(pid: int) -> float:
    """MiB that a process holds in memory, read while it rests."""
    time.sleep(2)
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"VmRSS:\s+([0-9]+) kB", status)
    if not found:
        raise CannotMeasureError(f"process {pid} has ended")
    return int(found[1]) / 1024


def cpu(pid: int | None) -> float:
    """Seconds of CPU, user and system, that a process has used until now."""
    if pid is None:
        return 0.0
    fields = (
        Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    )
    return (int(fields[11]) + int(fields[12])) / TICK


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
