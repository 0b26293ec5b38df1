#!/usr/bin/env python3
"""Makes the pictures of the README from the real program: a terminal in memory (pyte), written as SVG.

    docs/pictures/make.py [--sumoql PROGRAM] [--check] [NAME...]

Each NAME.toml is a picture, of which NAME-light.svg and NAME-dark.svg are made. It has:

    title    = "what is to be seen, read aloud by screen readers"
    columns  = 100
    rows     = 40                          # at most; empty rows at the end are left out
    commands = ["sumoql test queries"]     # lines of shell, run in the root of the repository, with a prompt before each
    keys     = [["until", "typed"], ...]   # typed when the text is on the screen; "" as the last is the end
    frames   = [2, 5]                      # optional, animated: after which keys the screen is shown, a frame each
    seconds  = 4                           # how long each frame is shown
    cuts     = [["regex", "regex"], ...]   # rows left out: from the first match up to, and without, the second
    masks    = [["regex", "text"], ...]    # what differs from run to run; keep the width

The same program gives the same bytes. --check makes them anew and compares them.
"""
import argparse, fcntl, os, pathlib, pty, re, select, struct, subprocess, sys, tempfile, termios, time, tomllib
from xml.sax.saxutils import escape, quoteattr

import pyte

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIMIT = 60  # seconds, for a text to appear
WIDTH, HEIGHT, MARGIN = 8.4, 18, 14  # of a cell of 14 pixels text
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
NAMES = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
THEMES = {
    "light": ("#ffffff", "#24292f", "#d0d7de",
              ["#24292f", "#cf222e", "#116329", "#7d4e00", "#0969da", "#8250df", "#1b7c83", "#57606a"],
              ["#57606a", "#a40e26", "#1a7f37", "#633c01", "#218bff", "#a475f9", "#3192aa", "#24292f"]),
    "dark": ("#0d1117", "#e6edf3", "#30363d",
             ["#484f58", "#ff7b72", "#3fb950", "#d29922", "#58a6ff", "#bc8cff", "#39c5cf", "#b1bac4"],
             ["#8b949e", "#ffa198", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#ffffff"]),
}


class Screen(pyte.Screen):
    """A screen whose answers, such as the position of the cursor, go back to the program."""

    terminal = None

    def write_process_input(self, data):
        if self.terminal is not None:
            os.write(self.terminal, data.encode())


class Recording:
    def __init__(self, picture, program):
        self.screen = Screen(picture["columns"], picture["rows"])
        self.screen.set_mode(pyte.modes.LNM)
        self.stream = pyte.ByteStream(self.screen)
        self.home = tempfile.TemporaryDirectory()
        self.environment = {"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": self.home.name, "TERM": "xterm-256color",
                            "LANG": "C.UTF-8", "TZ": "UTC", "TMPDIR": self.home.name}
        self.frames = []

    def read(self, process):
        """Takes what the program writes within a moment. False at its end."""
        if select.select([self.screen.terminal], [], [], 0.05)[0]:
            try:
                got = os.read(self.screen.terminal, 1 << 16)
            except OSError:
                got = b""
            self.stream.feed(got)
            return bool(got)
        return process.poll() is None

    def run(self, command, keys, shown):
        self.stream.feed(b"\x1b[1;32m$\x1b[0m \x1b[1m" + command.encode() + b"\x1b[0m\n")
        here, there = pty.openpty()
        size = struct.pack("HHHH", self.screen.lines, self.screen.columns, 0, 0)
        fcntl.ioctl(there, termios.TIOCSWINSZ, size)
        self.screen.terminal = here
        process = subprocess.Popen(["sh", "-c", command], stdin=there, stdout=there, stderr=there, cwd=ROOT,
                                   env=self.environment, start_new_session=True)
        os.close(there)
        for at, (until, typed) in enumerate(keys):
            end = time.monotonic() + LIMIT
            while not re.search(until, "\n".join(line.rstrip() for line in self.screen.display), re.MULTILINE):
                if not self.read(process) or time.monotonic() > end:
                    sys.exit(f"{command}: no {until!r} on the screen:\n" + "\n".join(self.screen.display))
            if not typed:
                # What else the program draws in answer to the last keys.
                quiet = time.monotonic() + 1
                while time.monotonic() < quiet:
                    self.read(process)
            if at in shown:
                self.keep()
            if not typed:
                process.kill()
            os.write(here, typed.encode())
        while self.read(process):
            pass
        process.wait()
        os.close(here)
        self.screen.terminal = None

    def keep(self):
        """Keeps the screen as it is as a frame."""
        rows = [[self.screen.buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]
        self.frames.append(rows)


def cut(rows, cuts):
    texts = ["".join(cell.data for cell in row) for row in rows]
    for first, last in cuts:
        start = next((at for at, text in enumerate(texts) if re.search(first, text)), None)
        end = next((at for at, text in enumerate(texts) if start is not None and at > start and re.search(last, text)), None)
        if end is None:
            sys.exit(f"nothing to cut between {first!r} and {last!r}")
        mark = [cell._replace(data=" ", bold=False, fg="default", bg="default", reverse=False) for cell in rows[start]]
        mark[2] = mark[2]._replace(data="⋮")
        rows[start:end] = [mark]
        texts[start:end] = ["⋮"]
    return rows


def masked(rows, masks):
    for row in rows:
        text = "".join(cell.data or "\0" for cell in row)
        for pattern, new in masks:
            for found in re.finditer(pattern, text):
                for x, char in zip(range(found.start(), found.end()), found.expand(new).ljust(len(found[0]))):
                    row[x] = row[x]._replace(data=char)
    return rows


def colour(name, theme, default):
    if name == "default":
        return default
    if name.startswith("bright"):
        return theme[4][NAMES.index(name.removeprefix("bright"))]
    return theme[3][NAMES.index(name)] if name in NAMES else f"#{name}"


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def drawn(row, y, theme):
    """A row: backgrounds, then runs of cells that look the same."""
    runs = []
    for x, cell in enumerate(row):
        if not cell.data:  # the second half of a wide character
            runs[-1][3] += 1
            continue
        fore, back = colour(cell.fg, theme, theme[1]), colour(cell.bg, theme, theme[0])
        if cell.reverse:
            fore, back = back, fore
        look = (fore, back, cell.bold, cell.italics, cell.underscore)
        if runs and runs[-1][0] == look:
            runs[-1][2] += cell.data
            runs[-1][3] += 1
        else:
            runs.append([look, x, cell.data, 1])
    out, texts = [], []
    for (fore, back, bold, italic, under), x, text, cells in runs:
        left, top = MARGIN + x * WIDTH, MARGIN + y * HEIGHT
        if back != theme[0]:
            out.append(f'<rect x="{number(left)}" y="{number(top)}" width="{number(cells * WIDTH)}" height="{HEIGHT}" fill="{back}"/>')
        bare = text.rstrip(" ")
        if not bare:
            continue
        look = f' fill="{fore}"' if fore != theme[1] else ""
        look += ' font-weight="bold"' if bold else ""
        look += ' font-style="italic"' if italic else ""
        look += ' text-decoration="underline"' if under else ""
        width = number((cells - (len(text) - len(bare))) * WIDTH)
        texts.append(f'<tspan x="{number(left)}" textLength="{width}"{look}>{escape(bare)}</tspan>')
    if texts:
        out.append(f'<text y="{number(MARGIN + y * HEIGHT + 13.5)}">{"".join(texts)}</text>')
    return out


def svg(picture, frames, theme):
    theme = THEMES[theme]
    full = lambda rows: max((y + 1 for y, row in enumerate(rows) if "".join(cell.data for cell in row).strip()), default=1)
    lines = max(full(rows) for rows in frames)
    width, height = number(2 * MARGIN + picture["columns"] * WIDTH), number(2 * MARGIN + lines * HEIGHT)
    style = f"text{{font:14px {FONT};white-space:pre;fill:{theme[1]}}}"
    if len(frames) > 1:
        seconds = picture["seconds"]
        style += "@keyframes on{from,to{visibility:visible}}@keyframes off{from,to{visibility:hidden}}.f{visibility:hidden}"
        style += f".l{{animation:off {number(seconds * (len(frames) - 1))}s}}"
        style += "".join(f".f{at}{{animation:on {number(seconds)}s {number(seconds * at)}s}}" for at in range(len(frames) - 1))
        style += "@media(prefers-reduced-motion:reduce){.f,.l{animation:none}}"
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="t">',
           f'<title id="t">{escape(picture["title"])}</title>', f"<style>{style}</style>",
           f'<rect x="0.5" y="0.5" width="{number(float(width) - 1)}" height="{number(float(height) - 1)}" rx="8" fill="{theme[0]}" stroke="{theme[2]}"/>']
    for at, rows in enumerate(frames):
        last = at + 1 == len(frames)
        out.append(f'<g class={quoteattr("l" if last else f"f f{at}")}>' if len(frames) > 1 else "<g>")
        for y, row in enumerate(rows[:lines]):
            out += drawn(row, y, theme)
        out.append("</g>")
    return "\n".join(out + ["</svg>"]) + "\n"


def make(name, program):
    picture = tomllib.loads((HERE / f"{name}.toml").read_text())
    recording = Recording(picture, program)
    for command in picture["commands"]:
        recording.run(command, picture.get("keys", []), picture.get("frames", []))
    if not picture.get("keys"):
        recording.keep()
    frames = [masked(cut(rows, picture.get("cuts", [])), picture.get("masks", [])) for rows in recording.frames]
    return {f"{name}-{theme}.svg": svg(picture, frames, theme) for theme in THEMES}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--sumoql", default=ROOT / "target/release/sumoql")
    arguments.add_argument("--check", action="store_true", help="compare with what is there")
    arguments.add_argument("names", nargs="*")
    given = arguments.parse_args()
    different = []
    for name in given.names or sorted(path.stem for path in HERE.glob("*.toml")):
        for file, text in make(name, pathlib.Path(given.sumoql).resolve()).items():
            if not given.check:
                (HERE / file).write_text(text)
            elif not (HERE / file).is_file() or (HERE / file).read_text() != text:
                different.append(file)
    if different:
        sys.exit(f"docs/pictures: {', '.join(different)}: not what the program shows; run docs/pictures/make.py")


main()
