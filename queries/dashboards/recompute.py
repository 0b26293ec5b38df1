"""Computes the answers of the queries in this folder a second time, in plain Python, and compares.

usage: python3 recompute.py                        the logs and cases of this folder
       python3 recompute.py SUMOQL KIND [FROM TO] FILE...    what SUMOQL gives over other logs of a kind

Nothing here is shared with sumoql: the logs are read with `re` and `json`, and the rules (nearest rank, deviation of the
population in aggregates and of the sample in `outlier`, slices by the clock) are written out again.
"""
import collections, datetime as dt, json, math, os, re, subprocess, sys, tempfile, zoneinfo
from urllib.parse import unquote_plus

HERE = os.path.dirname(os.path.abspath(__file__))
UTC = dt.timezone.utc
Message = collections.namedtuple("Message", "time host raw")
# The time range of the cases that have one, and whether times are written as a date.
RANGES = {"compared_with_the_hour_before": ("2024-05-14T09:00:00Z", "2024-05-14T10:00:00Z"), "levels_over_time": ("2024-05-14T06:00:00Z", "2024-05-14T06:30:00Z")}
DATES = [True]


# ------------------------------------------------------------------ reading

def lines(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [line for line in file.read().split("\n") if line]


def ms(moment):
    return round((moment - dt.datetime(1970, 1, 1, tzinfo=UTC)) / dt.timedelta(milliseconds=1))


def apache(path):
    host = os.path.basename(path).split("_")[0]
    for line in lines(path):
        stamp = re.search(r"\[([^\]]+)\]", line).group(1)
        yield Message(ms(dt.datetime.strptime(stamp, "%d/%b/%Y:%H:%M:%S %z")), host, line)


def kafka(path):
    text = "\n".join(lines(path))
    for raw in re.split(r"\n(?=\[\d{4}-\d\d-\d\d )", text):
        stamp = re.match(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3})", raw)
        if stamp:
            moment = dt.datetime.strptime(stamp.group(1), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            yield Message(ms(moment) + int(stamp.group(2)), os.path.basename(path), raw)
        else:
            # Before the first line with a time: each line is its own message, and its time is nobody's.
            yield from (Message(None, os.path.basename(path), line) for line in raw.split("\n"))


def zeek(path):
    for line in lines(path):
        seconds, fraction = re.search(r'"ts":(\d+)(?:\.(\d+))?', line).groups()
        yield Message(int(seconds) * 1000 + int((fraction or "0").ljust(3, "0")[:3]), os.path.basename(path), line)


def windows(path):
    for line in lines(path):
        stamp = re.search(r'"TimeCreated":"([^"]+)Z"', line).group(1)
        yield Message(ms(dt.datetime.fromisoformat(stamp).replace(tzinfo=UTC)), os.path.basename(path), line)


def sysmon(path):
    for line in lines(path):
        stamp = re.search(r"SystemTime='([^'.]+)(?:\.(\d+))?Z'", line)
        moment = dt.datetime.fromisoformat(stamp.group(1)).replace(tzinfo=UTC)
        yield Message(ms(moment) + int((stamp.group(2) or "0").ljust(3, "0")[:3]), os.path.basename(path), line)


READERS = {"apache": apache, "kafka": kafka, "zeek": zeek, "windows": windows, "sysmon": sysmon}


def newest_first(messages):
    return sorted(messages, key=lambda m: -(m.time or 0))


# ------------------------------------------------------------------ rules

def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def shown(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)


def half_up(value, digits):
    """Like Java's BigDecimal of the shortest decimal, rounded half up."""
    from decimal import Decimal, ROUND_HALF_UP
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def nearest_rank(values, p):
    values = sorted(values)
    return values[max(math.ceil(p / 100 * len(values)), 1) - 1]


def mean(values):
    return math.fsum(values) / len(values)


def deviation(values, less=0):
    middle = mean(values)
    return math.sqrt(math.fsum((v - middle) ** 2 for v in values) / (len(values) - less))


def slice_of(time, width, zone=UTC):
    return time // width * width


def clock(time, pattern="%Y-%m-%d %H:%M:%S", zone=UTC):
    return dt.datetime.fromtimestamp(time / 1000, zone).strftime(pattern)


def in_range(name):
    return [ms(dt.datetime.fromisoformat(text.replace("Z", "+00:00"))) for text in RANGES[name]]


def moment(time, zone=UTC):
    if not DATES[0]:
        return time
    return clock(time, "%Y-%m-%d %H:%M:%S.", zone) + f"{time % 1000:03d}"


def grouped(rows, key):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def last_part(path):
    found = re.search(r"[^\\]+$", path or "")
    return found and found.group(0)


QUERIES = {}


def query(kind, order=True, only=None):
    """Registers what recomputes the query of that name; `order`: the query puts all its rows in order."""
    def register(function):
        QUERIES[kind, function.__name__] = function, order, only
        return function
    return register


# ------------------------------------------------------------------ apache

def requests(messages):
    for m in newest_first(messages):
        head = re.match(r"(\S+) \S+ (\S+) \[", m.raw)
        body = re.search(r'"([A-Z]+) (\S+) HTTP/[\d.]+" (\d{3}) (\d+|-) ', m.raw)
        if head and body:
            yield dict(time=m.time, host=m.host, ip=head.group(1), method=body.group(1), url=body.group(2), status=body.group(3), size=body.group(4))


@query("apache")
def status_over_time(messages):
    classes = ["2xx", "3xx", "4xx", "5xx"]
    of = lambda r: r["status"][0] + "xx" if r["status"][0] in "234" else "5xx"
    table = collections.Counter((slice_of(r["time"], 1_800_000), of(r)) for r in requests(messages))
    for at in sorted({at for at, _ in table}):
        yield [moment(at)] + [table.get((at, c)) for c in classes]


@query("apache")
def top_talkers(messages):
    rows = list(requests(messages))
    out = []
    for ip, of in grouped(rows, lambda r: r["ip"]).items():
        sizes = [int(r["size"]) for r in of if r["size"] != "-"]
        out.append([ip, len(of), sum(sizes) if sizes else None, len({r["url"] for r in of}), half_up(100 * len(of) / len(rows), 1)])
    return sorted(out, key=lambda row: (-row[1], row[0]))[:5]


@query("apache")
def error_rate(messages):
    rows = [r for r in requests(messages) if r["url"].startswith("/api/v1/")]
    for (at, host), of in sorted(grouped(rows, lambda r: (slice_of(r["time"], 3_600_000), r["host"])).items()):
        errors = sum(int(r["status"]) >= 500 for r in of)
        rate = errors / len(of) * 100
        yield [moment(at), host, errors, len(of), f"{half_up(rate, 1):.1f}%", "page" if rate > 25 else "watch" if rate > 0 else "ok"]


@query("apache")
def response_sizes(messages):
    rows = [r for r in requests(messages) if r["size"] != "-"]
    for method, of in sorted(grouped(rows, lambda r: r["method"]).items()):
        v = [int(r["size"]) for r in of]
        yield [method, *(nearest_rank(v, p) for p in (50, 90, 99)), half_up(mean(v), 2), half_up(deviation(v), 2), min(v), max(v), len(v)]


@query("apache", order=False)
def scanners(messages):
    rows = []
    for m in messages:
        if re.search(r"(?i)(?<![A-Za-z0-9_])examplebot(?![A-Za-z0-9_])", m.raw):
            continue
        f = re.search(r'(?s)^(.*?) - (.*?) \[(.*?)\] "(.*?) (.*?) (.*?)" (.*?) (.*?) "(.*?)" "(.*?)"', m.raw)
        if f and f.group(7) in ("401", "403", "404"):
            tool = re.match(r"([A-Za-z]+)/", f.group(10))
            kind = "scanner" if re.search(r"(?i)nikto|sqlmap|nmap", f.group(10)) else tool and tool.group(1)
            rows.append((f.group(1), kind, f.group(5), m.time))
    for (ip, kind), of in grouped(rows, lambda r: r[:2]).items():
        if len(of) > 5 or kind == "scanner":
            times, urls = [r[3] for r in of], sorted({r[2] for r in of})
            yield [ip, kind, len(of), len(urls), clock(min(times)), clock(max(times), "%H:%M:%S"), " ".join(urls[:100])]


@query("apache")
def compared_with_the_hour_before(messages):
    start, end = in_range("compared_with_the_hour_before")
    between = lambda a, b: collections.Counter(r["status"] for r in requests(messages) if a <= r["time"] < b)
    now, before = between(start, end), between(start - 3_600_000, end - 3_600_000)
    for status in sorted(now | before):
        a, b = now.get(status), before.get(status)
        yield [status, a, b, a - b if a and b else None]


@query("apache", order=False)
def spikes(messages):
    counts = sorted(collections.Counter(slice_of(m.time, 300_000) for m in messages).items())
    for at, (time, n) in enumerate(counts):
        before = [c for _, c in counts[max(at - 5, 0):at]]
        if len(before) >= 2 and at < len(counts) - 1:
            upper = mean(before) + 3 * deviation(before, less=1)
            if n > upper:
                yield [clock(time, "%H:%M"), n, half_up(n - mean(before), 2), half_up(upper, 2)]


@query("apache")
def search_terms(messages):
    found = collections.defaultdict(list)
    for m in messages:
        q = re.search(r"GET /search\?q=(.*?) HTTP", m.raw)
        parts = q and re.match(r"([^&]*)(?:&page=(\d+))?$", q.group(1))
        if parts:
            found[unquote_plus(parts.group(1)).strip().lower() or "(nothing)"].append(int(parts.group(2) or 1))
    return sorted(([term, len(pages), max(pages)] for term, pages in found.items()), key=lambda row: (-row[1], row[0]))


@query("apache")
def trend(messages):
    counts = sorted(collections.Counter(slice_of(m.time, 600_000) for m in messages).items())
    for at, (time, n) in enumerate(counts):
        window = [c for _, c in counts[max(at - 2, 0):at + 1]]
        spread = deviation(window, less=1) if len(window) > 1 else 0
        yield [moment(time), n, half_up(mean(window), 2), half_up(spread, 2), n - counts[at - 1][1] if at else None]


@query("apache")
def size_bins(messages):
    sizes = [int(r["size"]) for r in requests(messages) if r["size"] != "-"]
    table = collections.Counter(min(size // 5000, 3) for size in sizes)
    for at in sorted(table):
        yield [at * 5000, (at + 1) * 5000, table[at]]


@query("apache")
def busiest_pages(messages):
    rows = [r for r in requests(messages) if not r["url"].startswith("/api/") and r["status"] == "200"]
    hits = collections.Counter(r["url"] for r in rows)
    pages = sorted(sorted(hits, key=lambda url: (-hits[url], url))[:3])
    table = collections.Counter((slice_of(r["time"], 1_800_000), r["url"]) for r in rows if r["url"] in pages)
    for time in sorted({time for time, _ in table}):
        yield [moment(time)] + [table.get((time, url)) for url in pages]


# ------------------------------------------------------------------ kafka

def server(messages):
    return [m for m in newest_first(messages) if m.host.endswith("server.log")]


def controller(messages):
    return [m for m in newest_first(messages) if m.host.endswith("controller.log")]


@query("kafka")
def levels_over_time(messages):
    table = collections.Counter()
    for m in messages:
        level = re.match(r"\[[^\]]+\] ([A-Z]+) ", m.raw)
        if level:
            table[slice_of(m.time, 600_000), level.group(1)] += 1
    start, end = in_range("levels_over_time")
    for at in range(slice_of(start, 600_000), end, 600_000):
        yield [moment(at)] + [table[at, level] for level in ("ERROR", "WARN", "INFO")]


@query("kafka")
def exceptions(messages):
    rows = []
    for m in server(messages):
        if re.search(r"(?i)\b(warn|error)\b", m.raw):
            e = re.search(r"(?:^|\n|:)((?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error)): ([^\n]*?)(?: \(kafka|\n|\Z)", m.raw)
            logger = re.search(r"\(([\w.]+)\)(?:\n|\Z)", m.raw)
            if e:
                rows.append((e.group(1), logger and logger.group(1), m.time, e.group(2)))
    out = []
    for (name, logger), of in grouped(rows, lambda r: r[:2]).items():
        at = lambda t: clock(t, "%H:%M:%S.") + f"{t % 1000:03d}"
        out.append([name, logger, len(of), at(min(r[2] for r in of)), at(max(r[2] for r in of)), of[0][3]])
    return sorted(out, key=lambda row: (-row[2], row[0]))


@query("kafka")
def frames(messages):
    table = collections.Counter(f for m in server(messages) for f in re.findall(r"\tat ([\w.$]+)\((\w+\.\w+):(\d+)\)", m.raw))
    out = [[frame, f"{file}:{line}", n] for (frame, file, line), n in table.items() if n > 1]
    return sorted(out, key=lambda row: (-row[2], row[0]))


@query("kafka", order=False)
def log_rolls(messages):
    rows = []
    for m in server(messages):
        f = re.search(r"segment for '(.+)-(\d+)' in (\d+) ms\.", m.raw)
        if f and "Rolled new log segment" in m.raw:
            rows.append((f.group(1), f.group(2), int(f.group(3))))
    for topic, of in grouped(rows, lambda r: r[0]).items():
        v = [r[2] for r in of]
        yield [topic, len(of), half_up(mean(v), 1), nearest_rank(v, 50), max(v), len({r[1] for r in of})]


def fetchers(messages):
    for m in reversed(server(messages)):
        f = re.search(r"(Removed|Added) fetcher for partitions (?:List\(\[)?([\w-]+?-\d+)\b", m.raw)
        if f:
            yield f.group(1), f.group(2), m


@query("kafka")
def partition_outages(messages):
    flows, out = grouped(fetchers(messages), lambda f: f[1]), []
    for partition, steps in flows.items():
        for (a, _, one), (b, _, two) in zip(steps, steps[1:]):
            if (a, b) == ("Removed", "Added"):
                out.append([partition, (two.time - one.time) / 1000])
    return sorted(out, key=lambda row: (-row[1], row[0]))


@query("kafka")
def partition_outages_by_session(messages):
    waiting, out = collections.defaultdict(list), []
    for action, partition, m in fetchers(messages):
        if action == "Removed":
            waiting[partition].append(m)
        elif waiting[partition]:
            waiting[partition].pop(0)
            f = re.search(r"initOffset (\d+) to broker BrokerEndPoint\((\d+),([^,]*),", m.raw)
            out.append([partition, *f.groups()])
    return sorted(out, key=lambda row: row[0])


@query("kafka", order=False)
def silences(messages):
    rows = sorted(server(messages), key=lambda m: m.time)
    for one, two in zip(rows, rows[1:]):
        if two.time - one.time > 120_000:
            yield [clock(one.time, "%H:%M:%S"), clock(two.time, "%H:%M:%S"), half_up((two.time - one.time) / 60_000, 2)]


@query("kafka")
def leaders(messages):
    seen = collections.defaultdict(list)
    for m in controller(messages):
        if "leader cache is updated" in m.raw:
            for topic, part, leader, isr, epoch in re.findall(r"\[([^,\]]+),(\d+)\] -> \(Leader:(-?\d+),ISR:([\d,]*),LeaderEpoch:(\d+)", m.raw):
                seen[f"{topic}-{part}"].append((m.time, "none" if leader == "-1" else leader, isr, int(epoch)))
    for partition, of in sorted(seen.items()):
        newest, epochs = max(of, key=lambda s: s[0]), [s[3] for s in of]
        yield [partition, newest[1], newest[2], max(epochs) - min(epochs), len(of)]


# ------------------------------------------------------------------ zeek

def conns(messages):
    return [(m.time, json.loads(m.raw)) for m in newest_first(messages) if '"@stream":"conn"' in m.raw]


def https(messages):
    return [(m.time, json.loads(m.raw)) for m in newest_first(messages) if '"@stream":"http"' in m.raw]


def private(ip):
    a, b = map(int, ip.split(".")[:2])
    return a == 10 or (a, b) == (192, 168) or (a == 172 and 16 <= b < 32)


def total(values):
    values = [v for v in values if v is not None]
    return math.fsum(values) if values else None


@query("zeek")
def services(messages):
    groups = grouped((o for _, o in conns(messages)), lambda o: o.get("service") or o["proto"] + "/?")
    out = [[s, len(of), total(o.get("orig_bytes") for o in of), total(o.get("resp_bytes") for o in of), len({o["id_resp_h"] for o in of})] for s, of in groups.items()]
    return sorted(out, key=lambda row: (-row[1], row[0]))


@query("zeek", order=False)
def bytes_by_host(messages):
    keys = ("id_orig_h", "id_resp_h", "orig_bytes", "resp_bytes")
    ipv4 = lambda ip: re.fullmatch(r"\d+\.\d+\.\d+\.\d+", ip)
    rows = [o for _, o in conns(messages) if all(k in o for k in keys) and ipv4(o["id_orig_h"]) and ipv4(o["id_resp_h"])]
    rows = [o for o in rows if private(o["id_orig_h"]) and not private(o["id_resp_h"])]
    everything = total(o["orig_bytes"] for o in rows)
    for src, of in grouped(rows, lambda o: o["id_orig_h"]).items():
        sent = total(o["orig_bytes"] for o in of)
        yield [src, len(of), sent, total(o["resp_bytes"] for o in of), half_up(sent / 2**20, 3), half_up(100 * sent / everything, 2)]


@query("zeek", order=False)
def long_connections(messages):
    for _, o in conns(messages):
        if o.get("duration", 0) >= 3600:
            h, m = divmod(int(o["duration"]) // 60, 60)
            yield [o["id_orig_h"], f'{o["id_resp_h"]}:{o["id_resp_p"]}', f"{h}:{m:02d}", "still open" if o["conn_state"] in ("S1", "S2", "S3") else "closed"]


@query("zeek", order=False)
def beacons(messages):
    for (src, dest, port), of in grouped((o for _, o in conns(messages)), lambda o: (o["id_orig_h"], o["id_resp_h"], o["id_resp_p"])).items():
        times = sorted(o["ts"] for o in of)
        gaps = [b - a for a, b in zip(times, times[1:])]
        if len(gaps) >= 5 and mean(gaps) > 60 and deviation(gaps) / mean(gaps) < 0.01:
            yield [f"{src} > {dest}:{port}", len(gaps), half_up(mean(gaps), 3), half_up(deviation(gaps), 3)]


@query("zeek", order=False)
def port_scans(messages):
    rows = [(t, o) for t, o in conns(messages) if o["conn_state"] in ("S0", "REJ", "RSTO")]
    for (at, src, dest), of in grouped(rows, lambda r: (slice_of(r[0], 3_600_000), r[1]["id_orig_h"], r[1]["id_resp_h"])).items():
        ports = [o["id_resp_p"] for _, o in of]
        if len(set(ports)) >= 5:
            octets = [int(x) for x in src.split(".")]
            yield [moment(at), src, "%d.%d.%d.0" % tuple(octets[:3]), octets[:3] == [198, 51, 100], int.from_bytes(bytes(octets), "big"), dest, len(of), len(set(ports)), min(ports), max(ports)]


@query("zeek")
def http_status(messages):
    table = collections.Counter((o["host"], f'{o["status_code"]}'[0] + "xx") for _, o in https(messages))
    classes = sorted({c for _, c in table})
    for host in sorted({h for h, _ in table}):
        yield [host] + [table.get((host, c)) for c in classes]


@query("zeek", order=False)
def downloads(messages):
    for (src, agent, host), of in grouped((o for _, o in https(messages)), lambda o: (o["id_orig_h"], o["user_agent"], o["host"])).items():
        programs = sum("application/x-dosexec" in o.get("resp_mime_types", []) for o in of)
        file = re.search(r"/([^/?]+)$", of[-1]["uri"])
        if programs and file:
            yield [src, agent, host, len(of), programs, sum(o["request_body_len"] for o in of), sum(len(o.get("resp_mime_types", [])) for o in of), of[-1]["uri"], of[0]["uri"], file.group(1)]


@query("zeek")
def http_with_connection(messages):
    web, out = https(messages), []
    net = grouped((o for _, o in conns(messages)), lambda o: o["uid"])
    # The second pipeline's keys must all be there.
    pairs = [(h, c) for _, h in web for c in net[h["uid"]] if h["status_code"] >= 400 and "duration" in c]
    for (src, method), of in grouped(pairs, lambda p: (p[1]["id_orig_h"], p[0]["method"])).items():
        out.append([src, method, len(of), sum(c["resp_bytes"] for _, c in of), max(c["duration"] for _, c in of)])
    return sorted(out, key=lambda row: (-row[2], row[0], row[1]))


# ------------------------------------------------------------------ windows

def events(messages, *ids):
    rows = [(m.time, json.loads(m.raw)) for m in newest_first(messages)]
    return [(t, o) for t, o in rows if not ids or o["EventID"] in ids]


@query("windows")
def failed_logons(messages):
    reasons = {"0xc0000064": "no such account", "0xc000006a": "wrong password"}
    key = lambda r: (r[1]["TargetUserName"].lower(), reasons.get(r[1]["SubStatus"], r[1]["SubStatus"]))
    out = []
    for (user, reason), of in grouped(events(messages, 4625), key).items():
        times = [t for t, _ in of]
        out.append([user, reason, len(of), len({o["IpAddress"] for _, o in of}), clock(min(times), "%H:%M:%S"), (max(times) - min(times)) / 1000])
    return sorted(out, key=lambda row: (-row[2], row[0]))


@query("windows", order=False)
def guessed_passwords(messages):
    for (user, ip), of in grouped(events(messages, 4624, 4625), lambda r: (r[1]["TargetUserName"].lower(), r[1]["IpAddress"])).items():
        failures = sum(o["EventID"] == 4625 for _, o in of)
        if failures >= 5 and failures < len(of):
            yield [user, ip, failures, len(of) - failures]


@query("windows", order=False)
def spraying(messages):
    rows = [(t, o) for t, o in events(messages) if re.search(r"(?<![A-Za-z0-9_])4625(?![A-Za-z0-9_])", json.dumps(o)) and "TargetUserName" in o and o.get("IpAddress", "-") != "-"]
    for (at, ip), of in grouped(rows, lambda r: (slice_of(r[0], 900_000), r[1]["IpAddress"])).items():
        users = len({o["TargetUserName"] for _, o in of})
        if users > 3:
            yield [moment(at), ip, users, len(of), len(of) / users]


@query("windows")
def logon_types(messages):
    names, berlin = {"2": "console", "3": "network", "10": "remote desktop"}, zoneinfo.ZoneInfo("Europe/Berlin")
    table = collections.Counter((clock(t, "%H", berlin), names.get(o["LogonType"], "other")) for t, o in events(messages, 4624))
    for hour in sorted({h for h, _ in table}):
        yield [hour] + [table.get((hour, name)) for name in ("console", "network", "remote desktop")]


@query("windows")
def channels(messages):
    table = collections.Counter((o["Channel"], o["SourceName"]) for _, o in events(messages))
    everything = sum(table.values())
    for (channel, source), n in sorted(table.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        yield [channel, source, n, f"{half_up(100 * n / everything, 1):.1f}"]


@query("windows")
def account_changes(messages):
    what = {4720: "account made", 4732: "group member added", 1102: "audit log cleared", 7045: "service installed"}
    out = []
    for t, o in events(messages, *what):
        subject = o.get("TargetUserName", o.get("ServiceName"))
        out.append([9 if o["EventID"] in (1102, 4732) else 6, clock(t, "%H:%M"), o["Hostname"].split(".")[0], what[o["EventID"]], o.get("SubjectUserName"), subject])
    return sorted(out, key=lambda row: (-row[0], row[1]))


@query("windows")
def rare_processes(messages):
    key = lambda r: (last_part(r[1]["ParentProcessName"]), last_part(r[1]["NewProcessName"]))
    for (parent, process), of in sorted(grouped(events(messages, 4688), key).items()):
        if len(of) == 1:
            command = of[0][1]["CommandLine"]
            yield [parent, process, of[0][1]["SubjectUserName"], command[:40] + "..." if len(command) > 40 else command]


@query("windows")
def sessions(messages):
    rows = [r for r in reversed(events(messages, 4624, 4634)) if r[1].get("TargetLogonId")]
    out = []
    for logon, of in grouped(rows, lambda r: r[1]["TargetLogonId"]).items():
        if [o["EventID"] for _, o in of] == [4624, 4634]:
            out.append([of[0][1]["TargetUserName"], of[0][1]["Hostname"], logon, "4624>4634"])
    return sorted(out, key=lambda row: row[2])


@query("windows", order=False)
def what_failures_share(messages):
    def pairs(o):
        return [p for p in (("ip", o["IpAddress"]), ("package", o["AuthenticationPackageName"]))]
    failed, good = ([pairs(o) for _, o in events(messages, id)] for id in (4625, 4624))
    covers = lambda rows, wanted: sum(all(p in row for p in wanted) for row in rows) / len(rows) if rows else 0
    found = []
    for wanted in {w for row in failed for w in ((row[0],), (row[1],), tuple(row))}:
        t, c = covers(failed, wanted), covers(good, wanted)
        if t > 0.05:
            found.append((0 if t == c == 1 else t / (t + c), t, c, wanted))
    # Of the same relevance the one of more rows comes first, then the one of fewer pairs.
    said = set()
    for relevance, t, c, wanted in sorted(found, key=lambda f: (-f[0], -f[1], len(f[3]))):
        if relevance > 0.6 and not set(wanted) <= said:
            said |= set(wanted)
            yield [", ".join(f"{k}={v}" for k, v in wanted), half_up(relevance, 3), 100 * t, 100 * c]


# ------------------------------------------------------------------ sysmon

def sysmons(messages, *ids):
    for m in newest_first(messages):
        event, computer = re.search(r"<EventID>(.*?)</EventID>", m.raw), re.search(r"<Computer>(.*?)</Computer>", m.raw)
        if event and computer and (not ids or int(event.group(1)) in ids):
            data = dict(re.findall(r"<Data Name='([^']*)'>([^<]*)</Data>", m.raw))
            yield dict(time=m.time, event=int(event.group(1)), computer=computer.group(1), data=data, raw=m.raw)


def plain(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&apos;", "'").replace("&amp;", "&")


@query("sysmon")
def rare_parents(messages):
    rows = [e for e in sysmons(messages, 1) if last_part(e["data"].get("Image")) and last_part(e["data"].get("ParentImage"))]
    key = lambda e: (last_part(e["data"]["ParentImage"]).lower(), last_part(e["data"]["Image"]).lower())
    for (parent, image), of in sorted(grouped(rows, key).items()):
        if len({e["computer"] for e in of}) == 1:
            yield [parent, image, len(of), of[0]["computer"]]


@query("sysmon", order=False)
def encoded_commands(messages):
    import base64
    for e in sysmons(messages, 1):
        code = re.search(r"(?i)\s-e(?:nc|ncodedcommand)?\s+([A-Za-z0-9+/=]{4,})", plain(e["data"].get("CommandLine", "")))
        if code:
            script = base64.b64decode(code.group(1)).decode("utf-16-le")
            url = re.search(r"https?://[^\s'\")]+", script)
            yield [e["computer"], plain(e["data"]["User"]), script, url and url.group(0), "yes" if url else "no"]


@query("sysmon")
def connections(messages):
    rows = []
    for e in sysmons(messages, 3):
        ip = e["data"]["DestinationIp"]
        if last_part(e["data"]["Image"]) and re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}", ip) and not private(ip):
            rows.append((e["computer"], last_part(e["data"]["Image"]), f'{ip}:{e["data"]["DestinationPort"]}'))
    out = []
    for (computer, image), of in sorted(grouped(rows, lambda r: r[:2]).items()):
        servers = sorted({r[2] for r in of})
        out.append([computer, image, len(of), len(servers), ", ".join(servers[:100])])
    return sorted(out, key=lambda row: (-row[3], row[0]))


@query("sysmon", order=False)
def dropped_programs(messages):
    seen = set()
    for e in sysmons(messages, 11):
        target, image = e["data"]["TargetFilename"], e["data"]["Image"]
        if re.search(r"(?i)\\Users\\.*\.(exe|dll|scr)$", target) and image not in seen:
            seen.add(image)
            yield [e["computer"], image, target, re.search(r"\.(\w+)$", target).group(1).upper()]


@query("sysmon", order=False)
def run_keys(messages):
    for e in sysmons(messages, 13):
        target = e["data"]["TargetObject"]
        if e["data"].get("EventType") == "SetValue" and re.search(r"\\CurrentVersion\\Run(Once)?\\", target):
            yield [last_part(target), e["data"]["Details"], e["data"]["Image"]]


@query("sysmon")
def events_over_time(messages):
    names = {1: "process", 3: "network", 11: "file", 13: "registry"}
    table = collections.Counter((slice_of(e["time"], 60_000), names.get(e["event"], "other")) for e in sysmons(messages))
    for at in sorted({at for at, _ in table}):
        yield [moment(at, zoneinfo.ZoneInfo("America/New_York"))] + [table.get((at, n)) for n in ("process", "network", "file", "registry", "other")]


@query("sysmon", only="logs")
def process_tree(messages):
    guid = r"\{7d1f0b5e-4([0-9a-f]{3})"
    of = [e for e in sysmons(messages, 1)]
    known, before = {"028"}, None
    while before != known:
        before = set(known)
        for e in of:
            ids = set(re.findall(guid, e["raw"]))
            if ids & known:
                known |= ids
    rows = []
    for e in of:
        ids = [int(re.match(guid, e["data"][k]).group(1), 16) for k in ("ProcessGuid", "ParentProcessGuid")]
        if set(re.findall(guid, e["raw"])) & known and ids[0] >= 40 and ids[0] not in (44, 45):
            rows.append([*ids, e["data"]["CommandLine"]])
    return sorted(rows)


@query("sysmon", order=False)
def hashes(messages):
    rows = []
    for e in sysmons(messages, 1):
        sha = re.search(r"SHA256=([0-9A-F]+)", e["data"].get("Hashes", ""))
        if sha and "OriginalFileName" in e["data"]:
            rows.append((e["data"]["OriginalFileName"], sha.group(1)[:8] + "...", e["computer"]))
    out = [[name, len({r[2] for r in of}), len(of)] for (name, _), of in sorted(grouped(rows, lambda r: r[:2]).items())]
    for rank, (name, computers, starts) in enumerate(sorted(out, key=lambda row: -row[2])[:3], 1):
        yield [rank, name, computers, starts, "common" if computers > 1 else "rare"]


# ------------------------------------------------------------------ comparing

def same(a, b):
    if a == b:
        return True
    x, y = number(a), number(b)
    return x is not None and y is not None and math.isclose(x, y, rel_tol=1e-12)


def compare(name, computed, given, order):
    computed = [[shown(cell).strip() for cell in row] for row in computed]
    if not order:
        computed, given = sorted(computed), sorted(given)
    if len(computed) == len(given) and all(len(c) == len(g) and all(map(same, c, g)) for c, g in zip(computed, given)):
        print(f"same    {name} ({len(given)} rows)")
        return True
    print(f"DIFFERS {name}")
    for row in computed:
        if row not in given:
            print("  computed", row)
    for row in given:
        if row not in computed:
            print("  given   ", row)
    return False


def expected(path):
    text = open(path, encoding="utf-8").read().split("--- expect\n", 1)[1]
    table = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines()]
    return table[2:]


def files_of(kind):
    folder = os.path.join(HERE, kind, "logs")
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if not name.endswith(".toml"))


def main():
    if len(sys.argv) < 2:
        results, cases = [], 0
        for (kind, name), (function, order, _) in QUERIES.items():
            messages = [m for path in files_of(kind) for m in READERS[kind](path)]
            given = expected(os.path.join(HERE, kind, name, "logs.case"))
            results.append(compare(f"{kind}/{name}", list(function(messages)), given, order))
        there = {(kind, file[:-5]) for kind in READERS for file in os.listdir(os.path.join(HERE, kind)) if file.endswith(".sumo")}
        for kind, name in sorted(there - set(QUERIES)):
            print(f"no second computation of {kind}/{name}")
        sys.exit(0 if all(results) else 1)
    sumoql, kind, *rest = sys.argv[1:]
    times, files = [t for t in rest if re.match(r"\d{4}-", t)], [t for t in rest if not re.match(r"\d{4}-", t)]
    messages = [m for path in files for m in READERS[kind](path)]
    DATES[0], results = False, []
    for name in RANGES:
        RANGES[name] = times
    with tempfile.TemporaryDirectory() as folder:
        # Each file gets the metadata of the file here whose name is the end of its own.
        sources = os.path.join(folder, "sources.toml")
        text = open(os.path.join(HERE, kind, "logs", "sources.toml"), encoding="utf-8").read()
        open(sources, "w", encoding="utf-8").write(re.sub(r'files = ".*?([a-z*]+\.\w+)"', r'files = "*\1"', text))
        for (of, name), (function, order, only) in QUERIES.items():
            if of == kind and not only and (times or name not in RANGES):
                command = [sumoql, "run", "-f", os.path.join(HERE, kind, name + ".sumo"), *files, "--output", "jsonl", "--sources", sources]
                command += ["--from", times[0], "--to", times[1]] if name in RANGES else []
                run = subprocess.run(command, capture_output=True, text=True)
                given = [[shown(cell).strip() for cell in json.loads(line).values()] for line in run.stdout.splitlines()]
                results.append(compare(f"{kind}/{name}", list(function(messages)), given, order))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
