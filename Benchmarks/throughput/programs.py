"""The programs of a benchmark: PostgreSQL, the daemon, nginx, the load generator, pgbench. Each is ended by its pid."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

import generate
import messages
import metadata
import numbering

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HOME_COMMUNITY = "urn:oid:2.999.1.1"
LARGEST_LOG = 8 * 2**30
QUICK_LOG = 3 * 2**30
"""What a server keeps of log files for use again: as much as is logged between two checkpoints, or in the whole of a quick run."""
BYTES_PER_ENTRY = 9_000
"""What an entry takes on disk with its share of everything else, and with room for the log of the loading."""


def free_port():
    """A port nobody listens on, below those that the kernel gives to connections: one of those may be gone before it is used."""
    for port in random.sample(range(12_000, 32_000), 1_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


def run(*command, **options):
    """Runs a program to its end and returns what it prints; raises when it fails."""
    options = {"text": True, "capture_output": True} | options
    done = subprocess.run([str(word) for word in command], **options)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}{done.stdout[-500:]}")
    return done.stdout


def postgres_program(name):
    """A client program of the newest PostgreSQL."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return str(found[-1]) if found else shutil.which(name) or name


class WriteBack:
    """How soon the kernel writes back what PostgreSQL left in its cache: as operations.md recommends, where this may be set, while a
    benchmark runs. Every commit of the machine waits behind what the kernel writes, so a little at a time is what a server wants."""

    SETTINGS = pathlib.Path("/proc/sys/vm")
    BYTES = 4 * 2**20

    def __init__(self):
        # Of the two only one is not 0, and setting it makes the other 0.
        before = self.read("dirty_background_bytes")
        ratio = self.read("dirty_background_ratio")
        self.before = ("dirty_background_bytes", before) if before else ("dirty_background_ratio", ratio)
        self.is_set = False

    @classmethod
    def read(cls, name):
        return int((cls.SETTINGS / name).read_text())

    @classmethod
    def set(cls, name, value):
        (cls.SETTINGS / name).write_text(str(value))

    def __enter__(self):
        # Where it may not be set the table says what held.
        with contextlib.suppress(OSError):
            self.set("dirty_background_bytes", self.BYTES)
            self.is_set = True
        return self

    def __exit__(self, *_):
        if self.is_set:
            self.set(*self.before)

    @classmethod
    def text(cls):
        """What holds now, in words."""
        bytes_ = cls.read("dirty_background_bytes")
        return f"{bytes_ / 2**20:g} MB" if bytes_ else f"{cls.read('dirty_background_ratio')} % of the memory"


class Bench:
    """What all parts of a run share: where things are, and which certificates are used."""

    def __init__(self, work, gateway):
        self.work, self.gateway = pathlib.Path(work).resolve(), pathlib.Path(gateway).resolve()
        self.pki = self.work / "pki"
        self.work.mkdir(parents=True, exist_ok=True)
        run(ROOT / "scripts/pki.sh", self.pki)
        run(ROOT / "Benchmarks/load/build.sh", self.work / "bin")
        self.files = 0

    def next_number(self, room=1):
        """The first of `room` numbers that no run has written into a message."""
        kept = self.work / "next-number"
        number = int(kept.read_text()) if kept.exists() else 100_000_000_000
        kept.write_text(str(number + room))
        return number

    def load(self, port, requests, client="gp", connections=64, seconds=3.0, warm_up=0.25, threads=2, more=()):
        """Runs the load generator. `requests`: a file, or pairs of bytes and (success, objects, least bytes)."""
        path = requests if isinstance(requests, pathlib.Path) else self.write_requests(requests)
        number = self.next_number(100_000)
        output = run(
            self.work / "bin/load",
            "-h",
            "localhost",
            "-p",
            port,
            "-f",
            path,
            "-c",
            self.pki / f"{client}.pem",
            "-k",
            self.pki / f"{client}.key",
            "-a",
            self.pki / "ca.pem",
            "-n",
            connections,
            "-t",
            threads,
            "-d",
            seconds,
            "-w",
            warm_up,
            "-s",
            number,
            *more,
            stderr=None,
            capture_output=False,
            stdout=subprocess.PIPE,
        )
        return json.loads(output)

    def write_requests(self, requests):
        self.files += 1
        path = self.work / f"requests-{self.files}"
        with open(path, "wb") as file:
            for text, (success, objects, least) in requests:
                file.write(f"LOAD {len(text)} {int(success)} {objects} {least}\n".encode() + text)
        return path


class Process:
    """A program that runs until it is told to stop."""

    def __init__(self, command, log, environment=None):
        self.log = log
        with open(log, "ab") as output:
            self.child = subprocess.Popen(
                [str(word) for word in command],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env=os.environ | (environment or {}),
            )

    @property
    def pid(self):
        return self.child.pid

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
        try:
            self.child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def last_words(self):
        return pathlib.Path(self.log).read_text(errors="replace")[-2000:]


class Region:
    """A registry of this many entries: a PostgreSQL cluster of its own with the data in it."""

    def __init__(self, bench, entries):
        self.bench, self.numbers = bench, numbering.Numbering(entries)
        self.folder = bench.work / f"region-{entries}"
        self.cluster = self.folder / "postgres"
        self.documents = self.folder / "documents"
        self.log_bytes = LARGEST_LOG if entries > 1_000_000 else QUICK_LOG
        self.started = False

    def prepare(self):
        """Makes the data, unless this commit has made the same before."""
        stamp, known = self.stamp(), self.folder / "stamp"
        if not known.exists() or known.read_text() != stamp:
            self.destroy()
            self.check_space()
            self.start()
            self.make()
            known.write_text(stamp)
        self.start()
        self.write_log_through()
        # What SQL and pgbench registered has no events; the daemon would look for them and write them while it is measured.
        self.sql("update audit_position set reached = now() where reader = 'submissions'")

    def stamp(self):
        sources = sorted((ROOT / "schemas/sql").glob("*.sql")) + sorted(pathlib.Path(__file__).parent.glob("[gmn]*.py"))
        digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
        return f"{self.numbers.entries} {digest}"

    def check_space(self):
        self.check_room(self.numbers.entries * BYTES_PER_ENTRY + self.log_bytes, f"{self.numbers.entries} entries")

    def check_room(self, needed, what):
        free = shutil.disk_usage(self.bench.work).free
        if free < needed:
            raise RuntimeError(f"{what} need {needed / 1e9:.0f} GB, {free / 1e9:.0f} GB are free")

    def start(self):
        if self.started:
            return
        self.documents.mkdir(parents=True, exist_ok=True)
        run(ROOT / "scripts/postgres.sh", "start", self.cluster)
        self.started = True
        self.conninfo = run(ROOT / "scripts/postgres.sh", "conninfo", self.cluster).strip()
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        wanted = {
            "shared_buffers": f"{max(128, min(4096, memory // 6))}MB",
            "max_wal_size": f"{LARGEST_LOG // 2**30}GB",
            "min_wal_size": f"{self.log_bytes // 2**30}GB",
            "effective_cache_size": f"{memory // 2}MB",
            "maintenance_work_mem": "256MB",
        }
        if any(self.sql(f"show {name}") != value for name, value in wanted.items()):
            for name, value in wanted.items():
                self.sql(f"alter system set {name} = '{value}'")
            run(ROOT / "scripts/postgres.sh", "restart", self.cluster)
        durable = self.sql("select current_setting('fsync'), current_setting('synchronous_commit')")
        if durable != "on|on":
            raise RuntimeError(f"the database is not durable: {durable}")

    def make(self):
        print(f"making a registry of {self.numbers.entries:,} entries", flush=True)
        command = [self.bench.gateway]
        settings = {"env": os.environ | self.environment()}
        run(*command, "migrate", **settings)
        for name, ura, kind in (("hospital", "90000001", "V4"), ("gp", "90000002", "Z3")):
            run(*command, "organisation", "add", name, "--name", name, "--ura", ura, "--kind", kind, **settings)
        run(*command, "patient", "add", f"{generate.TEMPLATE_PATIENT}^^^&{metadata.BSN}&ISO", **settings)
        daemon = Daemon(self)
        try:
            for number in range(6):
                daemon.ask("hospital", generate.template(number))
        finally:
            daemon.stop()
        generate.keep_templates(self)
        generate.fill(self, self.numbers)

    def write_log_through(self):
        """Leaves as many log files as are kept, for use again, which is the state of a server that has run for some hours. One
        that was just made makes them as it goes, and for the 15 ms that a file needs to be filled with zeros nothing becomes
        durable."""
        segment = int(self.sql("select bytes_per_wal_segment from pg_control_init()"))
        wanted = self.log_bytes // segment
        if int(self.sql(f"select count(*) from pg_ls_waldir() where size = {segment}")) < wanted * 0.95:
            self.check_room(self.log_bytes, "log files")
            turn = "perform pg_logical_emit_message(false, 'benchmark', ''), pg_switch_wal()"
            self.sql(f"do $$ begin for step in 1 .. {wanted} loop {turn}; end loop; end $$; checkpoint")

    def environment(self, **more):
        """The configuration as it is shipped, but for what has no default and the size of the test."""
        pki = self.bench.pki
        return {
            "XDS_SERVER_HOST": "127.0.0.1",
            "XDS_SERVER_CERTIFICATE": f"{pki}/server.pem",
            "XDS_SERVER_KEY": f"{pki}/server.key",
            "XDS_SERVER_TRUST_ANCHORS": f"{pki}/ca.pem",
            "XDS_SERVER_REVOCATION_LISTS": f"{pki}/crl.pem",
            "XDS_SERVER_CONNECTIONS": "11000",
            "XDS_SERVER_CONNECTIONS_PER_ADDRESS": "11000",
            "XDS_AUDIT_SIGNING_KEY": f"{pki}/audit.key",
            "XDS_MLLP_HOST": "127.0.0.1",
            "XDS_MLLP_PORT": "0",
            "XDS_DATABASE_CONNINFO": self.conninfo,
            "XDS_REPOSITORY_UNIQUE_ID": metadata.REPOSITORY,
            "XDS_REPOSITORY_FOLDER": str(self.documents),
            "XDS_COMMUNITY_HOME_COMMUNITY_ID": HOME_COMMUNITY,
        } | more

    def sql(self, text):
        """Runs SQL and returns the rows, columns divided by bars."""
        return run(postgres_program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, input=text).strip()

    def sql_program(self, text):
        """Begins a script in a session of its own."""
        path = self.folder / f"script-{hashlib.sha256(text.encode()).hexdigest()[:12]}.sql"
        path.write_text(text)
        return subprocess.Popen(
            [postgres_program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, "-f", str(path)],
            stdout=subprocess.DEVNULL,
        )

    def log(self):
        """The log file of the server."""
        return pathlib.Path(os.path.realpath(self.cluster / "data")).parent / "postgres.log"

    def stop(self):
        if self.started:
            run(ROOT / "scripts/postgres.sh", "stop", self.cluster)
            self.started = False

    def destroy(self):
        if self.cluster.exists():
            run(ROOT / "scripts/postgres.sh", "destroy", self.cluster)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.started = False


class Daemon(Process):
    """The gateway on a region, as it is shipped."""

    def __init__(self, region, **more):
        self.region, self.port, self.operations = region, free_port(), free_port()
        environment = region.environment(
            XDS_SERVER_PORT=str(self.port), XDS_OPERATIONS_PORT=str(self.operations), **more
        )
        super().__init__([region.bench.gateway, "serve"], region.folder / "gateway.log", environment)
        deadline = time.monotonic() + 60
        while not self.is_ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the daemon does not serve: {self.last_words()}")
            time.sleep(0.1)

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.operations}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def ask(self, client, request, number=None):
        """Sends one request as the load generator would, and returns the body of the answer."""
        number = number or self.region.bench.next_number()
        context = ssl.create_default_context(cafile=f"{self.region.bench.pki}/ca.pem")
        context.load_cert_chain(f"{self.region.bench.pki}/{client}.pem", f"{self.region.bench.pki}/{client}.key")
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as connection:
                connection.sendall(request.replace(messages.MARK.encode(), b"%012d" % number))
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                body = answer.read()
        if answer.status != 200 or b"ResponseStatusType:Success" not in body[:8192]:
            raise RuntimeError(f"HTTP {answer.status}: {body[:1500].decode(errors='replace')}")
        return body

    def resident(self):
        """Resident memory in MiB."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


class Nginx(Process):
    """nginx with static files behind mutual TLS 1.3, on as many workers as there are processors."""

    def __init__(self, bench, sizes):
        folder = bench.work / "nginx"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "files").mkdir(parents=True)
        self.port = free_port()
        for name, size in sizes.items():
            (folder / "files" / name).write_bytes(hashlib.shake_128(name.encode()).digest(size))
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "".join(
            f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"""{user} daemon off; worker_processes auto; pid {folder}/pid; error_log {folder}/error.log;
            events {{ worker_connections 16384; }}
            http {{
                access_log off; {temporary} keepalive_requests 1000000000; open_file_cache max=100; sendfile on;
                server {{
                    listen 127.0.0.1:{self.port} ssl; root {folder}/files;
                    ssl_certificate {bench.pki}/server.pem; ssl_certificate_key {bench.pki}/server.key;
                    ssl_protocols TLSv1.3; ssl_client_certificate {bench.pki}/ca.pem; ssl_verify_client on;
                }}
            }}"""
        )
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        super().__init__(
            [program, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf"], folder / "log"
        )
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.child.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"nginx does not serve: {self.last_words()}")
