#!/usr/bin/env python3
"""Runs queries/t1505.sumo over each X.xml that has an X.expected.jsonl and compares events, fields and ratings.

usage: t1505.py SUMOQL DATA_FOLDER
"""
import json
import pathlib
import subprocess
import sys


def rows(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def main():
    binary, data = sys.argv[1], pathlib.Path(sys.argv[2])
    wrong = checked = 0
    for expected in sorted(data.glob("*.expected.jsonl")):
        xml = expected.with_name(expected.name.replace(".expected.jsonl", ".xml"))
        command = [binary, "run", "-f", "queries/t1505.sumo", "--set", "_sourceCategory=windows/sysmon"]
        run = subprocess.run(command + ["--output", "jsonl", str(xml)], capture_output=True, text=True)
        want, got = rows(expected.read_text()), rows(run.stdout)
        keys = sorted(set().union(*want) - {"event", "signal"}) if want else []
        # The query sorts by time; the oracle lists events as they lie in the file.
        flat = lambda table: sorted(json.dumps([row.get(key) for key in keys]) for row in table)
        checked += 1
        if run.returncode or len(want) != len(got) or flat(want) != flat(got):
            wrong += 1
            print(f"{xml.name}: expected {len(want)} events, got {len(got)}; exit {run.returncode} {run.stderr[-300:]}")
            for missing in sorted(set(flat(want)) - set(flat(got)))[:3]:
                print("  missing", missing[:300])
            for extra in sorted(set(flat(got)) - set(flat(want)))[:3]:
                print("  extra  ", extra[:300])
    print(f"T1505: {checked - wrong} of {checked} logs give the oracle's answer")
    return 1 if wrong or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
