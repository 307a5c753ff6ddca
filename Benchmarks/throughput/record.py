"""Writes the table of a run into docs/benchmarks.md, between the markers of its size."""

import datetime
import os
import pathlib
import re
import subprocess

from programs import ROOT, WriteBack


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", text)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} processors ({model[1].strip() if model else 'unknown'}), {memory:.0f} GiB"


def commit():
    found = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], text=True, capture_output=True)
    changed = subprocess.run(
        ["git", "-C", ROOT, "status", "--porcelain", "Sources", "schemas", "Package.swift"],
        text=True,
        capture_output=True,
    )
    return (found.stdout.strip() or "no commit") + (" and changes" if changed.stdout.strip() else "")


def bounds(row):
    if row.must is None:
        return ""
    sign = "≤ " if row.at_most else ""
    return sign + f"{row.must:g}" + (f" / {row.goal:g}" if row.goal is not None else "")


def table(suite, elapsed):
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        f"{suite.numbers.entries:,} entries, commit {commit()}, {today}, {machine()}; medians of {suite.rounds} runs of"
        f" {suite.seconds:g} s that took turns; the kernel writes back from {WriteBack.text()} on; {elapsed:.0f} s in all.",
        "",
        "| | ours | beside it | ratio | must / goal | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for row in suite.rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.name} | {row.ours} | {row.reference} | {ratio} | {bounds(row)} | {row.verdict()} |")
    if suite.latencies:
        lines += ["", "| at the top rate, 64 connections | median | p99 | p99.9 |", "|---|---:|---:|---:|"]
        for key, (_, found) in suite.latencies.items():
            lines.append(f"| {key} | {found['p50']:.2f} ms | {found['p99']:.2f} ms | {found['p999']:.2f} ms |")
    return "\n".join(lines)


def write(path, suite, elapsed):
    """Exchanges what stands between the markers."""
    name = "full" if suite.full else "quick"
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    file = pathlib.Path(path)
    text = file.read_text()
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    file.write_text(f"{before}{begin}\n{table(suite, elapsed)}\n{end}{after}")
