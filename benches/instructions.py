#!/usr/bin/env python3
"""Counts the instructions of the benchmark queries, and tells when they have become more.

    python3 benches/instructions.py                    # against the table: what CI runs
    python3 benches/instructions.py --update           # writes the table anew: benches/instructions.json
    python3 benches/instructions.py q2 q4 --runs 3     # some queries; how far apart several runs are

Each query of compare.py runs with one thread under `valgrind --tool=callgrind`, over a small log and over its first
messages alone. The first messages cost what starting, planning and ending cost; what the others cost, divided by their
number, is the cost of a message. A count more than 10 % above the table's fails; one more than 10 % below asks for a new
table, lest the gain be lost unseen. Without valgrind, or on other processors than the table's, nothing is counted.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

import compare

TABLE = compare.HERE / "instructions.json"
TOLERANCE = 0.10
MB = 3
FIRST = 100
# Files at rest are mapped; when they were changed is when their messages were received.
CHANGED = 1_714_521_600


def processor():
    """What decides which code libraries choose when they start: the architecture, and whether there is AVX2."""
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text().split()
    except OSError:
        flags = []
    return platform.machine() + (" avx2" if "avx2" in flags else "")


def count(command):
    """The instructions of a run."""
    with tempfile.NamedTemporaryFile("r") as log:
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log.name}"]
        subprocess.run(valgrind + command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for line in log:
            if "Collected :" in line:
                return int(line.split(":")[1])
    sys.exit("callgrind has counted nothing")


def data(folder):
    """The logs, the same with only their first messages, and how many messages are left out there."""
    whole, first = folder / "whole", folder / "first"
    make = [sys.executable, str(compare.HERE / "generate.py"), "all", "--mb", str(MB), "--out", str(whole)]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    first.mkdir()
    others = {}
    for name in (compare.ACCESS, compare.APP, compare.SYSMON):
        lines = (whole / name).read_bytes().splitlines(keepends=True)
        (first / name).write_bytes(b"".join(lines[:FIRST]))
        others[name] = len(lines) - FIRST
        for path in (whole / name, first / name):
            os.utime(path, (CHANGED, CHANGED))
    return whole, first, others


def measure(query, sumoql, logs):
    """Instructions of the start and of a message."""
    whole, first, others = logs
    options = argparse.Namespace(sumoql=sumoql, check=True)
    run = lambda folder: count(compare.commands(query, folder, options)["sumoql"][0] + ["--threads", "1"])
    start = run(first)
    return {"start": start, "message": round((run(whole) - start) / others[compare.QUERIES[query][0]], 1)}


def judge(query, found, known):
    """Whether a query is no slower than the table says; tells what is worth telling."""
    good = True
    for what, now in found.items():
        before = known.get(query, {}).get(what)
        if before is None:
            print(f"{query}: {what} is not in the table: write it anew with --update")
            good = False
            continue
        change = now / before - 1
        note = ""
        if change > TOLERANCE:
            good, note = False, "  MORE THAN BEFORE"
        elif change < -TOLERANCE:
            note = "  less than before: write the table anew with --update"
        print(f"{query:4} {what:8} {now:12,.1f} {change:+7.1%}{note}", flush=True)
    return good


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("queries", nargs="*", help="names of queries [default: all]")
    given.add_argument("--sumoql", default=str(compare.ROOT / "target/release/sumoql"), help="a release build")
    given.add_argument("--update", action="store_true", help="write the table anew")
    given.add_argument("--runs", type=int, default=1, help="count so often, and tell how far apart the counts are")
    options = given.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: without valgrind instructions are not counted")
        return 0
    table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    if not options.update and options.runs == 1 and table.get("processor") != processor():
        print(f"skipped: the table is of a processor `{table.get('processor')}`, this one is `{processor()}`")
        return 0
    queries = options.queries or list(compare.QUERIES)
    known = table.get("instructions", {})
    good = True
    with tempfile.TemporaryDirectory() as scratch:
        logs = data(pathlib.Path(scratch))
        for query in queries:
            runs = [measure(query, options.sumoql, logs) for _ in range(options.runs)]
            if options.runs > 1:
                for what in runs[0]:
                    counts = [run[what] for run in runs]
                    apart = (max(counts) - min(counts)) / min(counts)
                    print(f"{query:4} {what:8} {min(counts):12,.1f} to {max(counts):12,.1f}, {apart:.2%} apart", flush=True)
            elif options.update:
                known[query] = runs[0]
                print(query, runs[0], flush=True)
            else:
                good &= judge(query, runs[0], known)
    if options.update:
        version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
        rows = ",\n".join(f'  "{query}": {json.dumps(known[query])}' for query in compare.QUERIES if query in known)
        about = json.dumps(processor()), json.dumps(version), MB
        TABLE.write_text('{\n "processor": %s,\n "valgrind": %s,\n "mb": %s,\n "instructions": {\n%s\n }\n}\n' % (*about, rows))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
