#!/usr/bin/env python3
"""What reading costs, as ratios of medians in one interleaved run.

    python3 benches/inputs.py --data FOLDER [--evtx FILE --evtx-dump PROGRAM] [--evtx-many FOLDER] [--rounds 5]

FOLDER holds the generated access.log (benches/generate.py). Compared are a gzip file with `zcat | sumoql`, a query that
needs every message's time with one that needs none, an EVTX file with `evtx_dump -o xml` of the same crate's version, and
T1505 over many EVTX files with reading their records by that crate alone (benches/floor).
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent


def once(command):
    began = time.perf_counter()
    subprocess.run(command, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--sumoql", default=str(ROOT / "target/release/sumoql"))
    given.add_argument("--data", required=True)
    given.add_argument("--evtx")
    given.add_argument("--evtx-dump", default="evtx_dump")
    given.add_argument("--evtx-many")
    given.add_argument("--rounds", type=int, default=5)
    options = given.parse_args()
    log = os.path.join(options.data, "access.log")
    run = f"{options.sumoql} run --no-progress"
    with tempfile.TemporaryDirectory() as scratch:
        packed = os.path.join(scratch, "access.log.gz")
        subprocess.run(f"gzip -c -6 {log} > {packed}", shell=True, check=True)
        pairs = [
            ("gzip", f"{run} '* | count' {packed}", "zcat | sumoql", f"zcat {packed} | {run} '* | count'"),
            ("with times", f"{run} '* | timeslice 5m | count by _timeslice' {log}", "without",
             f"{run} '* | count by _sourceName' {log}"),
        ]
        if options.evtx:
            dump = f"{options.evtx_dump} -o xml {options.evtx}"
            pairs.append(("EVTX, counted", f"{run} '* | count' {options.evtx}", "evtx_dump", dump))
            out = f"{run} '*' --order arrival --output raw {options.evtx}"
            pairs.append(("EVTX, written out", out, "evtx_dump", dump))
        if options.evtx_many:
            t1505 = f"{run} -f {ROOT / 'queries/t1505.sumo'} --set _sourceCategory=windows/sysmon {options.evtx_many}"
            floor = ROOT / "benches/floor/target/release/floor"
            pairs.append(("T1505, EVTX files", t1505, "records alone", f"{floor} evtx {options.evtx_many}/*"))
        for name, command, other, against in pairs:
            times = [(once(command), once(against)) for _ in range(options.rounds)]
            one, two = (statistics.median(column) for column in zip(*times))
            print(f"| {name} | {one:.3f} s | {other} | {two:.3f} s | {one / two:.2f} |", flush=True)


if __name__ == "__main__":
    main()
