#!/usr/bin/env python3
"""Runs the benchmark queries with sumoql and its peers, interleaved in one run, checks every answer, and writes a table.

    python3 benches/compare.py --check                 # answers only, small data: what CI runs
    python3 benches/compare.py --mb 500 --rounds 5     # the table, to standard output

A peer that is not there is left out: `rg`, `agrind`, the floor (`cargo build --release` in benches/floor), DuckDB and
ClickHouse (a Python that has `duckdb` and `chdb`: --python). Ratios within one run are what counts.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent

ACCESS, APP, SYSMON = "access.log", "app.jsonl", "sysmon.xml"
TEN = r'* | parse "* - * [*] \"* * *\" * * \"*\" \"*\"" as ip, user, ts, method, url, proto, status, size, ref, ua'
IMAGE = "* | parse \"<Data Name='Image'>*<\" as image"
# Name: the file, the query, and the same for agrind where it has the words for it.
QUERIES = {
    "q1": (ACCESS, "sqlmap | count", "sqlmap | count"),
    "q1w": (SYSMON, "w3wp.exe | count", None),
    "q2": (ACCESS, TEN + " | count by status", TEN + " | count by status"),
    "q2r": (ACCESS, r'* | parse regex "^(?<ip>\S+) .*\" (?<status>5\d\d) " | count by ip, status | sort by _count | limit 10',
            r'* | parse regex "^(?P<ip>\S+) .*\" (?P<status>5\d\d) " | count by ip, status | sort by _count desc | limit 10'),
    "q3": (APP, '* | json "http.status", "duration_ms", "service" as status, d, service | where status >= 500 '
                '| count, avg(d), pct(d, 95) by service',
           "* | json | where http.status >= 500 | count, avg(duration_ms), p95(duration_ms) by service"),
    "q4": (SYSMON, None, None),
    "q5": (ACCESS, "* | timeslice 5m | count by _timeslice", None),
    "q5x": (SYSMON, "* | timeslice 5m | count by _timeslice",
            "* | parse \"SystemTime='*'\" as ts | timeslice(parseDate(ts)) 5m | count by _timeslice"),
    "q6": (ACCESS, '* | parse "* " as ip | count_distinct(ip)', '* | parse "* " as ip | count_distinct(ip)'),
    "q6t": (ACCESS, r'* | parse "\"* * *\"" as m, url, p | count by url | sort by _count | limit 10',
            r'* | parse "\"* * *\"" as m, url, p | count by url | sort by _count desc | limit 10'),
    "q6x": (SYSMON, IMAGE + " | count by image | sort by _count | limit 10",
            IMAGE + " | count by image | sort by _count desc | limit 10"),
}


def truth(folder, name):
    """What the generator counted, and what it did not, counted here."""
    known = json.loads((folder / (name + ".truth.json")).read_text())
    with open(folder / name, encoding="utf-8") as lines:
        if name == SYSMON:
            known["w3wp"] = sum("w3wp.exe" in line.lower() for line in lines)
        elif name == ACCESS:
            five = re.compile(r'^(\S+) .*" (5\d\d) ')
            pairs = collections.Counter(found.groups() for line in lines if (found := five.match(line)))
            known["pairs"] = sorted(pairs.values(), reverse=True)[:10]
    return known


def right(query, rows, known):
    """Whether rows (lists of cells, columns in the order of the query) are the answer."""
    number = lambda cell: float(cell)
    counts = [] if query == "q4" else [int(row[-1]) for row in rows]
    match query:
        case "q1":
            return counts == ([known["sqlmap_lines"]] if known["sqlmap_lines"] else [])
        case "q1w":
            # Nothing counted is no row.
            return counts == ([known["w3wp"]] if known["w3wp"] else [])
        case "q2":
            return {str(row[0]): int(row[1]) for row in rows} == known["by_status"]
        case "q2r":
            return counts == known["pairs"]
        case "q3":
            wanted = known["q3_5xx_count_avg_p95"]
            # Percentiles are interpolated by some, estimated by others.
            close = lambda row, want: (int(row[1]) == want[0] and abs(number(row[2]) - want[1]) < 1e-3
                                       and abs(number(row[3]) / want[2] - 1) < 0.05)
            return len(rows) == len(wanted) and all(close(row, wanted[row[0]]) for row in rows)
        case "q4":
            return len(rows) == known["t1505_hits"]
        case "q5" | "q5x":
            return len(rows) == known["slices_5m"] and sum(counts) == known["lines"]
        case "q6":
            return counts == [known["distinct_ip"]]
        case "q6t":
            return counts == [count for _, count in known["top10_url"]]
        case "q6x":
            return counts == [count for _, count in known["top10_image"]]


def cells(text):
    rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [list(row.values()) for row in rows]


def once(command):
    """Wall time, processor time, the most memory in MB, and the output."""
    with tempfile.TemporaryFile("w+") as out:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - began
        out.seek(0)
        return took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read()


def commands(query, folder, options):
    name, text, agrind = QUERIES[query]
    path = str(folder / name)
    t1505 = ["-f", str(ROOT / "queries/t1505.sumo"), "--set", "_sourceCategory=windows/sysmon"]
    run = [options.sumoql, "run"] + ([text] if text else t1505) + [path]
    found = {"sumoql": (run + ["--output", "jsonl"], cells)}
    if options.check:
        return found
    floor = HERE / "floor/target/release/floor"
    if query in ("q1", "q1w") and shutil.which("rg"):
        word = "sqlmap" if query == "q1" else "w3wp.exe"
        found["floor"] = (["rg", "-ic", word, path], lambda text: [[int(text)]])
    elif floor.exists() and query not in ("q1", "q1w"):
        found["floor"] = ([str(floor), query, path], None)
    if options.python:
        for tool in ("duckdb", "clickhouse"):
            found[tool] = ([options.python, str(HERE / "peers.py"), tool, query, path], json.loads)
    if agrind and options.agrind and shutil.which(options.agrind):
        found["agrind"] = ([options.agrind, "-f", path, agrind], None)
    return found


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("queries", nargs="*", help="names of queries [default: all]")
    given.add_argument("--sumoql", default=str(ROOT / "target/release/sumoql"))
    given.add_argument("--mb", type=float, default=3)
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--data", help="a folder for the data, kept")
    given.add_argument("--python", help="a Python with duckdb and chdb")
    given.add_argument("--agrind", default="agrind")
    given.add_argument("--check", action="store_true", help="only whether sumoql's answers are right")
    options = given.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.data or scratch)
        if not (folder / SYSMON).exists():
            make = [sys.executable, str(HERE / "generate.py"), "all", "--mb", str(options.mb), "--out", str(folder)]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        known = {name: truth(folder, name) for name in (ACCESS, APP, SYSMON)}
        return run(options, folder, known)


def run(options, folder, known):
    wrong = 0
    if not options.check:
        print("| query | tool | wall s | × floor | CPU s | memory MB | answer |\n|---|---|---|---|---|---|---|")
    for query in options.queries or QUERIES:
        tools = commands(query, folder, options)
        times, answers = {tool: [] for tool in tools}, {}
        for _ in range(1 if options.check else options.rounds):
            for tool, (command, read) in tools.items():
                *used, out = once(command)
                times[tool].append(used)
                if tool not in answers:
                    try:
                        answers[tool] = right(query, read(out), known[QUERIES[query][0]]) if read else None
                    except (ValueError, KeyError, IndexError, TypeError):
                        answers[tool] = False
        wrong += not answers["sumoql"]
        if options.check:
            print(f"{query}: {'right' if answers['sumoql'] else 'WRONG'}")
            continue
        median = {tool: [statistics.median(column) for column in zip(*used)] for tool, used in times.items()}
        for tool, (wall, cpu, memory) in median.items():
            ratio = f"{wall / median['floor'][0]:.2f}" if "floor" in median else ""
            answer = {True: "right", False: "wrong", None: "not checked"}[answers[tool]]
            print(f"| {query} | {tool} | {wall:.3f} | {ratio} | {cpu:.3f} | {memory:.0f} | {answer} |", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
