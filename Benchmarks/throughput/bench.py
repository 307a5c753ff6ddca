"""The throughput benchmark: the daemon as it is shipped, beside what the machine does with nginx and pgbench alone.

Usage: bench.py --gateway PROGRAM --work FOLDER [--entries N] [--seconds S] [--rounds N] [--only PART,...]
    [--record FILE]
Parts: queries, latency, submissions, retrieve, connections, growth, memory; and profile, only when named (needs perf).
"""

import argparse
import signal
import sys
import time

import record
from programs import Bench, Region, WriteBack
from suite import Suite

PARTS = ("queries", "latency", "submissions", "retrieve", "connections", "growth", "memory")
SMALL = 100_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--entries", type=int, default=SMALL)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--record")
    return parser.parse_args()


def measure(suite, parts, small):
    """All measurements of these parts."""
    attempt = suite.attempt
    if "queries" in parts or "latency" in parts or "growth" in parts:
        attempt("FindDocuments LeafClass, 10 entries", suite.query, "leaf", 0.35, 0.5, new=True)
    if "queries" in parts:
        attempt("FindDocuments ObjectRef, 10 entries", suite.query, "refs", 0.2, 0.3, new=True)
        attempt("FindDocuments, 6 filters on 1,000 entries", suite.query, "filters", 0.4, 0.6, new=True)
        attempt("GetDocuments by 1 id", suite.query, "one", 0.2, None)
        attempt("GetDocuments by 50 ids", suite.query, "fifty", 0.2, None)
        attempt("FindDocumentsByReferenceId", suite.query, "reference", 0.2, None)
        attempt("GetSubmissionSetAndContents", suite.query, "set", 0.2, None)
    if "latency" in parts and "leaf" in suite.latencies:
        attempt("LeafClass at half of the top rate: p99 over median", suite.half_rate)
        attempt("LeafClass on one connection: median", suite.one_connection)
    if "retrieve" in parts:
        attempt("ITI-43, document of 10 MB", suite.retrieve)
    if "connections" in parts:
        attempt("new connections, one ObjectRef query each", suite.new_connections)
    if "submissions" in parts:
        attempt("bulk loading, ITI-42 with 50 entries", suite.bulk)
        attempt("ITI-42, one entry", suite.register)
        attempt("ITI-41, document of 100 kB", suite.provide)
    # Before the run at full load, which puts millions of events into the trail of one of the two regions only.
    if small is not None and "growth" in parts:
        attempt(f"LeafClass at {suite.numbers.entries:,} entries", suite.growth, small)
    if "memory" in parts:
        seconds = 600 if suite.full else 3 * suite.seconds
        attempt(f"resident memory over {seconds:.0f} s at full load", suite.memory, seconds)
        attempt("{:,} idle connections", suite.idle, 10_000 if suite.full else 1_000)
    if "profile" in parts:
        for key in ("leaf", "refs", "register"):
            suite.profile(key)


def main():
    options = arguments()
    # An interrupt and a stop from outside end the programs that were started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    full = options.entries > SMALL
    bench = Bench(options.work, options.gateway)
    regions = [Region(bench, options.entries)] + ([Region(bench, SMALL)] if full else [])
    suite = Suite(bench, regions[0], options.seconds or (10 if full else 2), options.rounds, full)
    with WriteBack():
        try:
            for region in regions:
                region.prepare()
            suite.capture()
            suite.start()
            measure(suite, options.only.split(","), regions[1] if full else None)
        finally:
            suite.close()
            for region in regions:
                region.stop()
        elapsed = time.monotonic() - started
        if options.record:
            record.write(options.record, suite, elapsed)
    print(f"{elapsed:.0f} s")
    sys.exit(1 if any(row.error for row in suite.rows) else 0)


if __name__ == "__main__":
    main()
