#!/usr/bin/env python3
"""Compares this reader with others, record by record, or measures it.

    cargo build --release -p sumoql-evtx --example dump
    compare.py records --dump target/release/examples/dump --evtx-dump evtx_dump [--python] FOLDER...
    compare.py speed   --dump target/release/examples/dump --evtx-dump evtx_dump [--rounds 7] [--mb 100] FOLDER...

`evtx_dump` is the program of the crate `evtx` (cargo install evtx); `--python` also asks the package `evtx` of PyPI, which
must be installed for the Python that runs this. FOLDERS hold event logs, in any depth. `records` compares the numbers of
records and what they hold: the XML as a tree, the JSON by the values of EventData and UserData. `speed` makes one log of
the chunks of all logs, as often as needed, and takes the least processor and wall time of several alternating rounds.
"""

import argparse
import collections
import json
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree

GUID = re.compile(r"^\{?([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\}?$")
TIME = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?: ?UTC|Z)?$")
HEADER, CHUNK = 4096, 65536


def alike(text):
    """A value without what is only written differently: case of GUIDs and hexadecimal digits, digits of a second."""
    text = (text or "").strip()
    if found := GUID.match(text):
        return found[1].lower()
    if found := TIME.match(text):
        return f"{found[1]} {found[2]}.{(found[3] or '')[:6].ljust(6, '0')}"
    if re.match(r"^(0x)?[0-9a-fA-F]+$", text):
        return text.lower()
    return re.sub(r"\s+", " ", text)


def tree(xml):
    """The elements of an event: name, attributes, text and children."""
    def of(element):
        name = element.tag.rsplit("}", 1)[-1]
        attributes = sorted((key.rsplit("}", 1)[-1], alike(value)) for key, value in element.attrib.items() if alike(value))
        texts = [element.text] + [child.tail for child in element]
        return name, tuple(attributes), alike("".join(text or "" for text in texts)), tuple(of(child) for child in element)
    return of(ElementTree.fromstring(xml))


def values(node, out):
    """All values below a node of JSON."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("xmlns", "#attributes") or not isinstance(value, (str, dict)):
                values(value, out)
            elif isinstance(value, dict):
                values({name: each for name, each in value.items() if name not in ("xmlns", "Name")}, out)
    elif isinstance(node, list):
        for value in node:
            values(value, out)
    elif node is not None and alike(shown(node)):
        out.append(alike(shown(node)))
    return out


def shown(node):
    return str(node).lower() if isinstance(node, bool) else str(node)


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True)
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def ours(options, path, *more):
    """(number, text) of each record, how many are in slack, and what is reported."""
    out, _ = run([options.dump, "--headers", *more, path])
    records, reported, slack = [], [], 0
    for part in out.split("\0")[1:]:
        header, _, text = part.partition("\n")
        if header.startswith(" "):
            reported.append(header.strip())
        else:
            slack += header.endswith(" slack")
            records.append((int(header.split()[1]), text.rstrip("\n")))
    return records, slack, reported


def evtx_dump(options, path, form):
    records, errors = [], 0
    out, err = run([options.evtx_dump, "-t", "1", "-o", form, "--no-indent", path])
    for part in re.split(r"(?m)^Record (?=\d+$)", out)[1:]:
        number, _, text = part.partition("\n")
        records.append((int(number), text.strip()))
    return records, len(re.findall(r"(?i)\berror\b|failed", err))


def pypi(path):
    import evtx
    records, errors = [], 0
    try:
        iterator = iter(evtx.PyEvtxParser(str(path)).records())
    except Exception:
        return records, 1
    while True:
        try:
            record = next(iterator)
        except StopIteration:
            return records, errors
        except Exception:
            errors += 1
            if errors > 100000:
                return records, errors
            continue
        records.append((record["event_record_id"], record["data"]))


def parsed(text, read, failures, whose):
    try:
        return read(text)
    except (ElementTree.ParseError, json.JSONDecodeError) as error:
        failures[f"{whose}: not well-formed"] += 1
        return None


def json_values(text):
    event = json.loads(text)
    event = event.get("Event", event)
    return sorted(values([event.get("EventData"), event.get("UserData")], []))


def compare(path, mine, theirs, read, total, examples, whose):
    """Counts records of one side only, and those of both that differ."""
    left, right = collections.defaultdict(list), collections.defaultdict(list)
    for number, text in mine:
        left[number].append(text)
    for number, text in theirs:
        right[number].append(text)
    only_mine = sum(max(0, len(texts) - len(right[number])) for number, texts in list(left.items()))
    only_theirs = sum(max(0, len(texts) - len(left[number])) for number, texts in list(right.items()))
    total[f"{whose}: only ours"] += only_mine
    total[f"{whose}: only theirs"] += only_theirs
    if only_mine or only_theirs:
        examples.append(f"{whose}: {only_mine} only ours, {only_theirs} only theirs in {path}")
    for number, texts in left.items():
        for mine, theirs in zip(texts, right[number]):
            one, other = parsed(mine, read, total, "ours"), parsed(theirs, read, total, whose)
            if one is None or other is None:
                continue
            total[f"{whose}: compared"] += 1
            if one != other:
                total[f"{whose}: different"] += 1
                examples.append(f"{whose}: record {number} of {path} differs\n    ours   {mine}\n    theirs {theirs}")


def records(options):
    total, examples = collections.Counter(), []
    for path in logs(options.folders):
        total["logs"] += 1
        xml, slack, reported = ours(options, path)
        total["ours: records"] += len(xml)
        total["ours: of them behind the end of their chunk"] += slack
        total["ours: further records in slack"] += len(ours(options, path, "--slack")[0]) - len(xml)
        for line in reported:
            total["ours: logs with something to report"] += line == reported[0]
            examples.append(f"reported for {path}: {line}")
        theirs, errors = evtx_dump(options, path, "xml")
        total["evtx_dump: records"] += len(theirs)
        total["evtx_dump: errors"] += errors
        compare(path, xml, theirs, tree, total, examples, "evtx_dump")
        theirs, _ = evtx_dump(options, path, "json")
        compare(path, ours(options, path, "--json")[0], theirs, json_values, total, examples, "evtx_dump JSON")
        if options.python:
            theirs, errors = pypi(path)
            total["PyPI: records"] += len(theirs)
            total["PyPI: errors"] += errors
            compare(path, xml, theirs, tree, total, examples, "PyPI")
    for name, count in sorted(total.items()):
        print(f"{count:9} {name}")
    if options.details:
        pathlib.Path(options.details).write_text("\n".join(examples))


def logs(folders):
    found = [path for folder in folders for path in sorted(pathlib.Path(folder).rglob("*")) if path.suffix.lower() == ".evtx"]
    return found or sys.exit("no event logs there")


def joined(folders, size, out):
    """One log of the chunks of all logs, again and again up to a size."""
    chunks = []
    for path in logs(folders):
        data = path.read_bytes()
        places = range(HEADER, len(data) - CHUNK + 1, CHUNK)
        chunks += [data[at:at + CHUNK] for at in places if data[at:at + 8] == b"ElfChnk\0"]
    header = bytearray(logs(folders)[0].read_bytes()[:HEADER])
    count = max(len(chunks), size // CHUNK)
    header[42:44] = min(count, 65535).to_bytes(2, "little")
    out.write(header)
    for n in range(count):
        out.write(chunks[n % len(chunks)])
    out.flush()
    return count * CHUNK


def timed(command):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def speed(options):
    with tempfile.NamedTemporaryFile(suffix=".evtx") as file:
        size = joined(options.folders, options.mb << 20, file)
        print(f"{size / 1e6:.0f} MB; least of {options.rounds} rounds: wall time, processor time, in seconds")
        for form in ["xml", "jsonl"]:
            for threads in [1, options.threads]:
                more = ["--json"] if form == "jsonl" else []
                pair = {
                    "ours": [options.dump, "--threads", threads, *more, file.name],
                    "evtx_dump": [options.evtx_dump, "-t", threads, "-o", form, "--no-indent", file.name],
                }
                times = collections.defaultdict(list)
                for _ in range(options.rounds):
                    for name, command in pair.items():
                        times[name].append(timed(command))
                least = {name: [min(each) for each in zip(*all)] for name, all in times.items()}
                ratio = [least["evtx_dump"][n] / least["ours"][n] for n in (0, 1)]
                line = "  ".join(f"{name} {wall:.3f} {cpu:.3f}" for name, (wall, cpu) in least.items())
                print(f"{form:5} {threads} threads  {line}  evtx_dump/ours {ratio[0]:.2f} {ratio[1]:.2f}")


def main():
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("what", choices=["records", "speed"])
    given.add_argument("folders", nargs="+")
    given.add_argument("--dump", required=True)
    given.add_argument("--evtx-dump", default="evtx_dump")
    given.add_argument("--python", action="store_true")
    given.add_argument("--details", help="a file for every difference")
    given.add_argument("--rounds", type=int, default=7)
    given.add_argument("--mb", type=int, default=100)
    given.add_argument("--threads", type=int, default=2)
    options = given.parse_args()
    {"records": records, "speed": speed}[options.what](options)


if __name__ == "__main__":
    main()
