"""The measurements: ours and the references take turns, and the medians are compared."""

import contextlib
import dataclasses
import statistics
import subprocess
import threading
import time

import cases
import messages
from programs import Daemon, Nginx, run
from statements import Capture, pgbench, query_scripts, registration_script

MEGABYTES_10 = 10_000_000
DOCUMENT_BYTES = 100_000
# Seconds for which an organisation counts as present after a request, and a little more.
PRESENCE = 10.5


@dataclasses.dataclass
class Row:
    """One line of the table. `ratio` is ours over the reference; `limit` says which way is good."""

    name: str
    ours: str
    reference: str = ""
    ratio: float | None = None
    must: float | None = None
    goal: float | None = None
    at_most: bool = False
    error: str = ""

    def verdict(self):
        if self.error:
            return self.error
        if self.ratio is None or self.must is None:
            return ""
        reached = (lambda limit: self.ratio <= limit) if self.at_most else (lambda limit: self.ratio >= limit)
        if self.goal is not None and reached(self.goal):
            return "goal"
        if reached(self.must):
            return "must" if self.goal is not None else "met"
        return f"missed by {abs(self.ratio / self.must - 1):.0%}"


class WrongAnswers(Exception):
    """Answers that were not what they had to be."""


class Suite:
    """One run over a region."""

    def __init__(self, bench, region, seconds, rounds, full):
        self.bench, self.region, self.numbers = bench, region, region.numbers
        self.seconds, self.rounds, self.full = seconds, rounds, full
        self.rows, self.closing = [], contextlib.ExitStack()
        # When each client asked last.
        self.asked = {}
        self.latencies = {}
        # The number of clients with which pgbench registers the most.
        self.registering = None

    def start(self):
        self.daemon = Daemon(self.region)
        self.closing.callback(self.daemon.stop)
        self.forgetful = Daemon(self.region, XDS_REGISTRY_KNOWN_ANSWER_BYTES="0")
        self.closing.callback(self.forgetful.stop)
        self.asked["gp"] = time.monotonic()
        leaf = len(self.daemon.ask("gp", cases.find(self.numbers, "LeafClass").requests[0][0]))
        refs = len(self.daemon.ask("gp", cases.find(self.numbers, "ObjectRef").requests[0][0]))
        self.sizes = {"leaf": leaf, "refs": refs, "large": MEGABYTES_10}
        self.nginx = Nginx(self.bench, self.sizes)
        self.closing.callback(self.nginx.stop)

    def upload(self, daemon, size):
        """The uniqueId of a new document."""
        number = self.bench.next_number()
        patient = cases.cx(cases.writers(self.numbers)[0])
        request = messages.provide(cases.submitted(patient, [0], False), {"document0": cases.document(size)})
        daemon.ask("hospital", request, number)
        return f"2.999.7.3.{number}.0"

    def close(self):
        self.closing.close()

    def add(self, row):
        self.rows.append(row)
        parts = (row.name, row.ours, row.reference, "" if row.ratio is None else f"{row.ratio:.2f}", row.verdict())
        print("{:<58} {:>14} {:>20} {:>6}  {}".format(*parts), flush=True)

    # Runs

    def ours(self, requests, client="gp", connections=64, key="rate", daemon=None, **more):
        """A closure that measures us once. Wrong answers end the case."""
        port = (daemon or self.daemon).port

        def measure(seconds):
            result = self.bench.load(port, requests, client, connections, seconds, **more)
            self.asked[client] = time.monotonic()
            if result["errors"] or not result["requests"]:
                raise WrongAnswers(f"{result['errors']} wrong answers: {result['error']}")
            self.last = result
            return result[key]

        return measure

    def files(self, name, close=False, key="rate", connections=64, more=()):
        """A closure that measures nginx once."""
        path = self.bench.write_requests([(messages.get(f"/{name}", close), (False, -1, self.sizes[name]))])

        def measure(seconds):
            result = self.bench.load(self.nginx.port, path, connections=connections, seconds=seconds, more=more)
            if result["errors"]:
                raise WrongAnswers(f"nginx: {result['error']}")
            return result[key]

        return measure

    def wait_alone(self, client):
        """Until no other organisation counts as present: then requests take no turns (docs/operations.md, "Organisations")."""
        others = [moment for other, moment in self.asked.items() if other != client]
        if others:
            time.sleep(max(0, PRESENCE - (time.monotonic() - max(others))))

    def best_clients(self, scripts):
        """The number of pgbench clients with the most transactions a second."""
        tried = {clients: pgbench(self.region, scripts, clients, 1) for clients in (4, 8, 16)}
        return max(tried, key=tried.get)

    def alternate(self, *measures, seconds=None):
        """Medians of runs that take turns."""
        found = [[] for _ in measures]
        for _ in range(self.rounds):
            for values, measure in zip(found, measures):
                values.append(measure(seconds or self.seconds))
        return [statistics.median(values) for values in found]

    def attempt(self, name, function, *arguments, **options):
        """A case that fails is a line of the table, not the end of the others."""
        try:
            function(name, *arguments, **options)
        except (WrongAnswers, RuntimeError, subprocess.SubprocessError) as error:
            self.add(Row(name.format(*arguments), "", error=" ".join(str(error).split())[:300]))

    # Queries

    def capture(self):
        """Makes the pgbench scripts of every case, from the daemon's own statements."""
        numbers, folder = self.numbers, self.region.folder
        self.queries = {
            "leaf": cases.find(numbers, "LeafClass"),
            "refs": cases.find(numbers, "ObjectRef"),
            "filters": cases.find_filtered(numbers),
            "one": cases.get_one(numbers),
            "fifty": cases.get_fifty(numbers),
            "reference": cases.by_reference(numbers),
            "set": cases.set_and_contents(numbers),
        }
        capture = Capture(self.region)
        try:
            self.scripts = {name: query_scripts(capture, folder, name, case) for name, case in self.queries.items()}
            self.registration = registration_script(capture, folder, "registration", cases.register(numbers), False)
            # Not by the daemon that is measured: there its organisation would count as present for a while.
            self.large = self.upload(capture.daemon, MEGABYTES_10)
        finally:
            capture.stop()
        self.requests = {name: self.bench.write_requests(case.requests) for name, case in self.queries.items()}

    def query(self, name, key, must, goal, new=False):
        """`new`: also with a daemon that gives no answer twice."""
        scripts = self.scripts[key]
        clients = self.best_clients(scripts)
        if key in ("leaf", "refs", "one", "reference"):
            # Once for every patient: what a first question costs is a line of its own.
            self.bench.load(self.daemon.port, self.requests[key], seconds=2, warm_up=0)
        measures = {
            "pgbench": lambda seconds: pgbench(self.region, scripts, clients, max(1, round(seconds))),
            "ours": self.ours(self.requests[key]),
        }
        if new:
            measures = {"new": self.ours(self.requests[key], daemon=self.forgetful)} | measures
        if key == "leaf":
            measures["nginx"] = self.files("leaf")
        found = dict(zip(measures, self.alternate(*measures.values())))
        ours, reference = found["ours"], found["pgbench"]
        self.latencies[key] = (ours, self.last)
        self.add(Row(name, f"{ours:,.0f}/s", f"{reference:,.0f}/s pgbench", ours / reference, must, goal))
        if "nginx" in found:
            self.add(Row(name, f"{ours:,.0f}/s", f"{found['nginx']:,.0f}/s nginx", ours / found["nginx"], 0.4, 0.6))
        if "new" in found:
            rate = found["new"]
            self.add(Row("— each answer new", f"{rate:,.0f}/s", f"{reference:,.0f}/s pgbench", rate / reference))

    def half_rate(self, name):
        rate = self.latencies["leaf"][0] / 2
        measure = self.ours(self.requests["leaf"], more=("-r", f"{rate:.0f}"))
        found = []
        for _ in range(self.rounds):
            # One stall of 20 ms is more than a hundredth of a run of two seconds.
            measure(max(5, self.seconds))
            found.append(self.last)
        found.sort(key=lambda run: run["p99"] / max(run["p50"], 0.001))
        run = found[len(found) // 2]
        ours, middle = f"{run['p99']:.2f} ms", f"{run['p50']:.2f} ms median"
        self.add(Row(name, ours, middle, run["p99"] / max(run["p50"], 0.001), 5, None, at_most=True))

    def one_connection(self, name):
        ours, reference = self.alternate(
            self.ours(self.requests["leaf"], connections=1, threads=1, key="p50"),
            lambda seconds: 1000 / pgbench(self.region, self.scripts["leaf"], 1, max(1, round(seconds))),
            seconds=max(1, self.seconds / 2),
        )
        self.add(Row(name, f"{ours:.3f} ms", f"{reference:.3f} ms pgbench", ours / reference, 2.5, None, at_most=True))
        # What an answer waits for besides: a row on disk, as its event.
        self.region.sql("create table if not exists durable_row (number bigint)")
        scripts = [script.followed_by("insert into durable_row values (1)") for script in self.scripts["leaf"]]
        durable = 1000 / pgbench(self.region, scripts, 1, max(1, round(self.seconds)))
        reference = f"{durable:.3f} ms with a durable row"
        self.add(Row("— beside the same and one row that is on disk", f"{ours:.3f} ms", reference, ours / durable))

    def new_connections(self, name):
        requests = self.bench.write_requests(cases.find(self.numbers, "ObjectRef", close=True).requests)
        ours, reference = self.alternate(
            self.ours(requests, connections=16, more=("-N",)), self.files("refs", True, connections=16, more=("-N",))
        )
        self.add(Row(name, f"{ours:,.0f}/s", f"{reference:,.0f}/s nginx", ours / reference, 0.6, 0.9))

    # Submissions

    def register(self, name):
        requests = self.bench.write_requests(cases.register(self.numbers).requests)
        registrations = self.registrations()
        self.wait_alone("hospital")
        ours, reference = self.alternate(self.ours(requests, "hospital"), registrations)
        self.add(Row(name, f"{ours:,.0f}/s", f"{reference:,.0f}/s pgbench", ours / reference, 0.4, 0.6))

    def registrations(self):
        """A closure that measures what pgbench registers once, with its best number of clients, which are found once."""
        if self.registering is None:
            self.registering = self.best_clients([self.registration])
        return lambda seconds: pgbench(self.region, [self.registration], self.registering, max(1, round(seconds)))

    def provide(self, name):
        requests = self.bench.write_requests(cases.provide(self.numbers, DOCUMENT_BYTES).requests)
        folder = self.region.folder / "reference"

        def write(seconds):
            folder.mkdir(exist_ok=True)
            output = run(self.bench.work / "bin/durable_write", folder, DOCUMENT_BYTES, 16, seconds)
            for path in folder.iterdir():
                path.unlink()
            return float(output.split('"rate": ')[1].rstrip("}\n"))

        registrations = self.registrations()
        self.wait_alone("hospital")
        ours, registered, written = self.alternate(self.ours(requests, "hospital"), registrations, write)
        # One after the other: the time of both is the sum of their times.
        reference = 1 / (1 / registered + 1 / written)
        self.add(Row(name, f"{ours:,.0f}/s", f"{reference:,.0f}/s pgbench+fsync", ours / reference, 0.3, 0.5))

    def bulk(self, name):
        requests = self.bench.write_requests(cases.register(self.numbers, 50).requests)
        rate = self.ours(requests, "hospital", connections=8)(self.seconds) * 50
        self.add(Row(name, f"{rate:,.0f} entries/s", "1,000 entries/s", rate / 1000, 1, None))

    def retrieve(self, name):
        case = cases.retrieve(self.large, MEGABYTES_10)
        ours, reference = self.alternate(
            self.ours(self.bench.write_requests(case.requests), connections=8, key="bytes_per_second"),
            self.files("large", key="bytes_per_second", connections=8),
        )
        self.add(Row(name, f"{ours / 1e6:,.0f} MB/s", f"{reference / 1e6:,.0f} MB/s nginx", ours / reference, 0.7, 0.9))

    # Memory

    def idle(self, name, count):
        # The other daemon: what answers take in memory is not what connections take.
        before = self.forgetful.resident()
        held = []
        seconds = 5 + count / 250
        watcher = threading.Timer(seconds - 2, lambda: held.append(self.forgetful.resident()))
        watcher.start()
        result = self.bench.load(
            self.forgetful.port, self.requests["refs"], connections=count, seconds=seconds, warm_up=0, more=("-i",)
        )
        watcher.join()
        if result["open"] != count:
            raise WrongAnswers(f"{result['open']} of {count} connections stayed open: {result['error']}")
        ratio = held[0] / 1024
        row = Row(name.format(count), f"{held[0]:,.0f} MiB", f"{before:,.0f} MiB before", ratio, 1, None, at_most=True)
        self.add(row if count >= 10_000 else dataclasses.replace(row, ratio=None))

    def memory(self, name, seconds):
        """Resident memory at full load: the last quarter against the second."""
        samples, stop = [], threading.Event()

        def sample():
            while not stop.wait(0.2):
                samples.append((time.monotonic(), self.daemon.resident()))

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            self.ours(self.requests["leaf"])(seconds)
        finally:
            stop.set()
            thread.join()
        quarter = len(samples) // 4
        early = statistics.median(value for _, value in samples[quarter : 2 * quarter])
        late = statistics.median(value for _, value in samples[3 * quarter :])
        self.add(Row(name, f"{late:,.0f} MiB", f"{early:,.0f} MiB earlier", late / early, 1.05, None, at_most=True))

    # Profile

    def profile(self, key):
        """Where the daemon and the machine spend their time under this load: perf's tables, in the work folder."""
        client, requests = "gp", self.requests.get(key)
        if key == "register":
            client, requests = "hospital", self.bench.write_requests(cases.register(self.numbers).requests)
        load = threading.Thread(target=self.ours(requests, client), args=(8,))
        load.start()
        time.sleep(2)
        for name, target in (("daemon", ["-p", self.daemon.pid]), ("machine", ["-a"])):
            data, path = self.bench.work / "perf.data", self.bench.work / f"profile-{key}-{name}.txt"
            run("perf", "record", "-q", "-F", 997, *target, "-o", data, "--", "sleep", 2.5)
            order = "symbol" if name == "daemon" else "comm,dso"
            path.write_text(run("perf", "report", "-i", data, "--stdio", "--percent-limit", 0.3, "--sort", order))
            print(f"profile: {path}")
        load.join()

    # Growth

    def growth(self, name, small):
        """The rate here against that of a small region, taking turns."""
        other = Daemon(small)
        measures = (
            self.ours(self.requests["leaf"]),
            self.ours(self.bench.write_requests(cases.find(small.numbers, "LeafClass").requests), daemon=other),
        )
        try:
            self.wait_alone("gp")
            # Both are as far from their last checkpoint: by now this one is in the middle of one, and the other had none to make.
            for region in (self.region, small):
                region.sql("checkpoint")
            # Once for every patient: known answers are compared.
            for measure in measures:
                measure(2)
            ours, reference = self.alternate(*measures)
        finally:
            other.stop()
        self.add(Row(name, f"{ours:,.0f}/s", f"{reference:,.0f}/s small", ours / reference, 0.9, None))
