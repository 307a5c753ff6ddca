"""How fast `audit verify` proves a trail: real requests fill it, so that the rows, the chain and the checkpoints are the daemon's own.

Usage: trail.py --gateway PROGRAM --work FOLDER [--events N,...] [--rounds N]
The trail grows to each number of events in turn and is proved at each: the cost is to be linear.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time

import messages
import metadata
import record
from programs import Bench, Daemon, Region, postgres_program, run

PATIENT = f"900186021^^^&{metadata.BSN}&ISO"
FIND_DOCUMENTS = "14d4debf-8f97-4251-9a74-a90016b0af0d"
LEAST = 1_000_000
"""Events a minute that are demanded."""


class Trail(Region):
    """A registry with one patient and no documents: what fills is the audit trail."""

    def __init__(self, bench):
        self.bench = bench
        self.folder = bench.work / "trail"
        self.cluster, self.documents = self.folder / "postgres", self.folder / "documents"
        self.started = False

    def prepare(self):
        self.destroy()
        self.start()
        self.command("migrate")
        self.command("organisation", "add", "gp", "--name", "gp", "--ura", "90000002", "--kind", "Z3")
        self.command("patient", "add", PATIENT)

    def environment(self, **more):
        # Many checkpoints: their signatures are part of the proof.
        return super().environment(XDS_AUDIT_CHECKPOINT_SECONDS="1", **more)

    def command(self, *words):
        return run(self.bench.gateway, *words, env=os.environ | self.environment())

    def count(self):
        return int(self.sql("select sequence from audit_head"))

    def grow(self, events):
        """Queries until there are so many events; returns how many a second were written."""
        query = messages.query(
            FIND_DOCUMENTS,
            "ObjectRef",
            {
                "XDSDocumentEntryPatientId": [messages.quoted(PATIENT)],
                "XDSDocumentEntryStatus": [messages.APPROVED],
            },
        )
        daemon = Daemon(self)
        before, start = self.count(), time.monotonic()
        try:
            seconds = 3.0
            while (done := self.count()) < events:
                found = self.bench.load(daemon.port, [(query, (True, 0, 0))], seconds=seconds, warm_up=0)
                if found["errors"]:
                    raise RuntimeError(f"the load met errors: {found}")
                pace = max(1.0, (self.count() - done) / seconds)
                seconds = min(30.0, max(1.0, (events - self.count()) / pace))
            return (self.count() - before) / (time.monotonic() - start)
        finally:
            daemon.stop()

    def prove(self):
        """Runs `audit verify`; returns events, checkpoints, and its seconds."""
        start = time.monotonic()
        said = self.command("audit", "verify")
        seconds = time.monotonic() - start
        if "The audit trail is whole." not in said:
            raise RuntimeError(said)
        lines = {line.split()[0]: line.split()[1] for line in said.splitlines() if line}
        return int(lines["events"].rstrip(",")), int(lines["checkpoints"]), seconds

    def copy(self):
        """Seconds that psql needs to read the same rows in order."""
        start = time.monotonic()
        subprocess.run(
            [postgres_program("psql"), "-XqAt", "-d", self.conninfo]
            + ["-c", "copy (select * from audit_event order by sequence) to stdout (format binary)"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.monotonic() - start


def measure(trail, sizes, rounds):
    rows = []
    for size in sizes:
        pace = trail.grow(size)
        print(f"{trail.count():,} events, written at {pace:,.0f} a second with their queries", flush=True)
        trail.sql("vacuum analyze audit_event")
        proofs, copies = [], []
        for _ in range(rounds):
            copies.append(trail.copy())
            proofs.append(trail.prove())
        events, checkpoints, _ = proofs[0]
        seconds = statistics.median(proof[2] for proof in proofs)
        copied = statistics.median(copies)
        rows.append((events, checkpoints, seconds, events / seconds * 60, copied))
    return rows


def table(rows, rounds):
    lines = [
        f"Commit {record.commit()}, {record.machine()}; medians of {rounds} runs, in turns with psql.",
        "",
        "| events | checkpoints | `audit verify` | events a minute | psql reads the same rows |",
        "|---:|---:|---:|---:|---:|",
    ]
    for events, checkpoints, seconds, pace, copied in rows:
        lines.append(f"| {events:,} | {checkpoints:,} | {seconds:.2f} s | {pace:,.0f} | {copied:.2f} s |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--events", default="100000,1000000")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    # A stop from outside ends the programs that were started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    trail = Trail(Bench(options.work, options.gateway))
    try:
        trail.prepare()
        rows = measure(trail, [int(size) for size in options.events.split(",")], options.rounds)
    finally:
        trail.stop()
    print(table(rows, options.rounds))
    sys.exit(0 if all(row[3] >= LEAST for row in rows) else 1)


if __name__ == "__main__":
    main()
