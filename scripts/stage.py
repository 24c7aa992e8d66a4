"""Stage: the site and the proxies that scripts/bench_proxy.py and bench_click.py measure, on loopback for one run.

nginx serves one page and one long file under every name, over TLS with certificates of an authority made for the
run, or over plain http, so that nothing of TLS is measured. mitmdump and sekisho run as a person would start them,
each with its own new authority, and ask nobody outside of this computer. Nothing is installed and nothing outlives
the run: all files are in one folder, and every process ends with the ExitStack.
"""

import contextlib
import itertools
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from harness import CannotMeasureError, proc, resident

FAMILIAR = "sekisho-bench-familiar.org"
UNFAMILIAR = "heron-meadow-bench.org"
SUFFIX = "org"
WORDS = (
    *("amber", "birch", "cedar", "coral", "dawn", "ember", "fern", "field", "grove", "hazel", "heron"),
    *("lake", "maple", "meadow", "moss", "otter", "pebble", "river", "stone", "thistle", "willow", "wren"),
)
"""Three of these make the name of a new host."""
FEED = "made-up"
USES_FEEDS = {"FEEDS__ENABLED": "true"}
NO_MORE: Mapping[str, str] = MappingProxyType({})
UNJUDGED = Path(__file__).with_name("unjudged_proxy.py")


@dataclass(frozen=True)
class Running:
    """A process that listens."""

    address: tuple[str, int]
    pid: int
    authority: Path
    """The certificate that signs what is shown by it."""

    def trusted(self) -> ssl.SSLContext:
        """Trusts this authority alone, and offers HTTP/1.1."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        context.set_alpn_protocols(["http/1.1"])
        return context

    def cpu(self) -> float:
        """Seconds of CPU, user and system, that it has used until now; in steps of 10 ms (proc(5))."""
        fields = proc("stat", self.pid).rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss(self) -> float:
        """MiB that it holds in memory, after two seconds of rest."""
        time.sleep(2)
        return resident(pid=self.pid)


@dataclass(frozen=True)
class Stage:
    """Where one run takes place."""

    folder: Path
    """An empty folder of this run's own."""
    ending: contextlib.ExitStack
    """Ends every process."""

    @property
    def site(self) -> Path:
        """The folder that nginx serves."""
        return self.folder / "site"

    def start_site(self) -> Running:
        """The site over http: what stands in `self.site` is served, `/` is a page of 1 KiB."""
        return self._start_nginx("", "server { listen {} backlog=1024; }")

    def start_tls_site(self, mib: int, names: Sequence[str]) -> Running:
        """The site over TLS 1.3: `/` of 1 KiB and `/long` of `mib` MiB, for the two bench hosts and all `names`."""
        folder = self.folder
        write_certificates(folder, names)
        self.site.mkdir()
        with (self.site / "long").open("wb") as long:
            for _ in range(mib):
                long.write(os.urandom(2**20))
        return self._start_nginx(
            "ssl_protocols TLSv1.3; ssl_session_cache off; ssl_session_tickets off; "
            f"ssl_certificate_key {folder}/key.pem;",
            f"server {{ listen {{}} ssl; server_name {FAMILIAR} {UNFAMILIAR}; ssl_certificate {folder}/site.pem; }}",
            f"server {{ listen {{}} ssl default_server; ssl_certificate {folder}/certs/$ssl_server_name.pem; }}",
        )

    def _start_nginx(self, settings: str, *servers: str) -> Running:
        """nginx with these settings and servers, in which ``{}`` stands for the address to listen on."""
        folder, program = self.folder, shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise CannotMeasureError("nginx is missing: apt-get install nginx-light (it need not be started)")
        self.site.mkdir(exist_ok=True)
        (self.site / "index.html").write_bytes(b"<!doctype html><title>bench</title>".ljust(1024, b"\n"))
        address, log = ("127.0.0.1", free_port()), folder / "nginx.log"
        listening = "\n".join(server.replace("{}", f"127.0.0.1:{address[1]}") for server in servers)
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"""daemon off; {user} worker_processes 1; pid {folder}/nginx.pid; error_log {log} warn;
            events {{ worker_connections 8192; }}
            http {{
              access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; keepalive_timeout 600s;
              types {{ text/html html; text/plain txt; }} default_type application/octet-stream; root {self.site};
              client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
              uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
              {settings}
              {listening}
            }}""",
            encoding="utf-8",
        )
        process = self._start(program, "-e", str(log), "-p", str(folder), "-c", f"{folder}/nginx.conf")
        wait_for(address, process, log)
        return Running(address, process.pid, folder / "ca.pem")

    def start_mitmdump(self, name: str, *more: str) -> Running:
        """A bare mitmdump, lazy and quiet, with its files in `name`."""
        program = Path(sys.executable).with_name("mitmdump")
        if not program.exists():
            raise CannotMeasureError(f"{program} is missing: pip install -r requirements.lock")
        address = ("127.0.0.1", free_port())
        options = ["-q", "--listen-host", address[0], "--listen-port", str(address[1])]
        for option in (
            f"confdir={self.folder / name}",
            f"ssl_verify_upstream_trusted_ca={self.folder / 'ca.pem'}",
            "connection_strategy=lazy",
        ):
            options += ["--set", option]
        process = self._start(sys.executable, str(program), *options, *more)
        wait_for(address, process, self.folder / "errors.log")
        return Running(address, process.pid, self.folder / name / "mitmproxy-ca-cert.pem")

    def start_sekisho(
        self,
        name: str,
        rules: Path,
        site: Running,
        settings: Mapping[str, str] = NO_MORE,
        *,
        judges: bool = True,
    ) -> Running:
        """sekisho with these rules and its state in `name`; `settings` are SEKISHO_… variables without that.

        judges: else it approves each request at once (scripts/unjudged_proxy.py).
        """
        program = ("-m", "sekisho.cli") if judges else (str(UNJUDGED),)
        authority = ("--upstream-ca", str(site.authority)) if site.authority.exists() else ()
        process = self._start(
            *(sys.executable, *program, "--state", str(self.folder / name), "run", "--port", "0", *authority),
            *("--resolve", f"*.{SUFFIX}={site.address[0]}:{site.address[1]}"),
            environment=own_environment(rules, settings),
        )
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"(127\.0\.0\.1):([0-9]+)", line)
        if not found:
            raise CannotMeasureError(f"sekisho did not start: {line}{log_end(self.folder / 'errors.log')}")
        certificate = self.folder / name / "ca" / "mitmproxy-ca-cert.pem"
        return Running((found[1], int(found[2])), process.pid, certificate)

    def start_update(self, name: str, rules: Path) -> None:
        """`sekisho update --force` for the proxy `name`; it runs on."""
        command = (sys.executable, "-m", "sekisho.cli", "--state", str(self.folder / name))
        self._start(*command, "update", "--force", environment=own_environment(rules, USES_FEEDS))

    def copy_rules(self, rules: Path) -> Path:
        """The same rules with one familiar domain more, and no list of phishing that would be fetched from outside."""
        copy = self.folder / "rules"
        shutil.copytree(rules, copy)
        with (copy / "familiar.txt").open("a", encoding="utf-8") as familiar:
            familiar.write(f"{FAMILIAR}\n")
        (copy / "feeds.toml").write_text("# No lists of others in a measurement.\n", encoding="utf-8")
        return copy

    def own_feed(self, name: str, site: Running) -> None:
        """Give the proxy `name` the one list that the site serves."""
        (self.folder / name).mkdir(mode=0o700)
        (self.folder / name / "feeds.toml").write_text(
            f'[{FEED}]\nurl = "http://127.0.0.1:{site.address[1]}/{FEED}.txt"\nformat = "domains"\n'
            "max_mb = 128\nvaries = true\nhours = 24\n",
            encoding="utf-8",
        )

    def swaps(self) -> int:
        """How many times a proxy has said that it uses another list, which is not empty."""
        log = (self.folder / "errors.log").read_text(encoding="utf-8", errors="replace")
        return len(re.findall("[1-9][0-9]* entries of downloaded lists are in use", log))

    def _start(self, *command: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        errors = self.ending.enter_context((self.folder / "errors.log").open("a", encoding="utf-8"))
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=self.folder
        )
        self.ending.enter_context(_ended(process))
        return process


def own_environment(rules: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """This environment without a person's own settings: nobody outside is asked while something is measured."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
    wanted = {"FEEDS__ENABLED": "false", "REGISTRATION__ON": "false", "RULES": str(rules), **settings}
    return kept | {f"SEKISHO_{name}": text for name, text in wanted.items()}


def endless_names() -> Iterator[str]:
    """As `new_hosts`, and more of them than a run needs: 234,256."""
    return (f"{'-'.join(words)}.{SUFFIX}" for words in itertools.product(WORDS, repeat=4))


def new_hosts(count: int) -> list[str]:
    """Names that are nobody's, each a registrable domain of its own, and spelled like no brand."""
    if not 0 <= count <= len(WORDS) ** 3:
        raise CannotMeasureError(f"--hosts {count}: give 0 to {len(WORDS) ** 3}")
    chosen = itertools.islice(itertools.product(WORDS, repeat=3), count)
    return [f"{'-'.join(words)}.{SUFFIX}" for words in chosen]


def write_certificates(folder: Path, names: Sequence[str]) -> None:
    """`ca.pem`, `site.pem` for the two bench hosts, `certs/NAME.pem` for every name, and `key.pem` for all."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sekisho bench")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    now = datetime.now(UTC)

    def write(
        path: Path, subject: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> None:
        builder = x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        for extension in extensions:
            # RFC 5280 §4.2.1.6: the names are critical where the subject is empty.
            critical = isinstance(extension, x509.BasicConstraints | x509.SubjectAlternativeName)
            builder = builder.add_extension(extension, critical)
        certificate = builder.sign(authority, hashes.SHA256())
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    write(folder / "ca.pem", issuer, authority.public_key(), x509.BasicConstraints(True, None), identifier)
    (folder / "certs").mkdir()
    hosts_of = {folder / "certs" / f"{name}.pem": [name] for name in names}
    hosts_of[folder / "site.pem"] = [FAMILIAR, UNFAMILIAR]
    for path, hosts in hosts_of.items():
        alternative = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        write(path, x509.Name([]), key.public_key(), alternative, above)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def log_end(log: Path) -> str:
    """The end of what a process wrote."""
    return log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else ""


@contextlib.contextmanager
def _ended(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def wait_for(address: tuple[str, int], process: subprocess.Popen[str], log: Path) -> None:
    """Return when the process listens; CannotMeasureError where it does not within 30 seconds."""
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(address, 1):
            return
        time.sleep(0.1)
    raise CannotMeasureError(f"{process.args!r} does not listen on {address}:\n{log_end(log)}")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextlib.contextmanager
def new_stage() -> Iterator[Stage]:
    """A stage, all of which ends with the run. What its programs wrote is printed where it fails."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started ends as well
    with contextlib.ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="sekisho-bench-")))
        try:
            yield Stage(folder, ending)
        except (RuntimeError, OSError):
            print(log_end(folder / "errors.log"), file=sys.stderr)
            raise
