#!/usr/bin/env python3
"""Writes the licences of all crates that are in the program, and of the C code inside them: THIRD-PARTY.txt, and with --sbom
the list of them as CycloneDX.

    pkg/third_party.py --target TARGET [--sbom FILE] > THIRD-PARTY.txt

The texts are those in the sources of the crates. A crate that has none is an error, unless its licence is MIT, whose text is
always the same, or can be the Apache License, whose text is in the archive.
"""
import argparse, json, pathlib, re, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXTS = re.compile(r"^(licen[cs]e|copying|notice|unlicense|copyright)", re.I)
# C code inside crates: its name, and where its licence is.
BUNDLED = {
    "libmimalloc-sys": ("mimalloc", ["c_src/mimalloc*/LICENSE", "c_src/mimalloc/*/LICENSE"]),
    "liblzma-sys": ("liblzma of XZ Utils", ["xz/COPYING", "xz/COPYING.0BSD"]),
    "zstd-sys": ("zstd", ["zstd/LICENSE"]),
}
# These have no C code: they declare what the system has, or are written in Rust.
WITHOUT_C = re.compile(r"^(windows|core-foundation|fsevent|inotify|kqueue|linux-raw|libbz2-rs)-sys$")
# The Boost licence does not ask for its text where only a program is handed on.
NO_TEXT_NEEDED = {"BSL-1.0"}


def linked(target):
    """The packages that are linked into the program for a target."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    data = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in data["packages"]}
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    wanted = [package["id"] for package in data["packages"] if package["name"] == "sumoql-cli"]
    seen = set(wanted)
    while wanted:
        for dependency in nodes[wanted.pop()]["deps"]:
            in_program = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            macros = any("proc-macro" in made["kind"] for made in packages[dependency["pkg"]]["targets"])
            if in_program and not macros and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                wanted.append(dependency["pkg"])
    found = [packages[id] for id in seen if packages[id]["source"]]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def mit(owner):
    """The MIT license of an owner."""
    return re.sub(r"(?m)^Copyright .*$", f"Copyright (c) {owner}", (ROOT / "LICENSE-MIT").read_text(), count=1)


def texts(package):
    """The licences of a package, and what is missing."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and TEXTS.match(path.name)]
    expression = (package["license"] or "").replace("/", " OR ")
    if len(files) > 1 and "Apache-2.0" in expression and " OR " in expression:
        # One of several is enough; the text of Apache 2.0 is in the archive.
        files = [path for path in files if "apache" not in path.name.lower()] or files
    bundled = []
    name, patterns = BUNDLED.get(package["name"], ("", []))
    for pattern in patterns:
        bundled += sorted(folder.glob(pattern))
    if package["name"].endswith("-sys") and not bundled and not WITHOUT_C.match(package["name"]):
        sys.exit(f"{package['name']}: which C code is inside, and under which licence? See BUNDLED in {__file__}")
    found = [path.read_text(errors="replace") for path in files]
    if not found and expression == "MIT":
        found = [mit(", ".join(package["authors"]) or f"the authors of {package['name']}")]
    if not found and "Apache-2.0" not in expression and expression not in NO_TEXT_NEEDED:
        sys.exit(f"{package['name']} {package['version']} ({expression}) has no text of its licence")
    return expression, found, name, [path.read_text(errors="replace") for path in bundled]


def sbom(packages):
    version = subprocess.run([ROOT / "pkg/version.sh"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    purl = lambda package: f"pkg:cargo/{package['name']}@{package['version']}"
    parts = [{"type": "library", "bom-ref": purl(package), "name": package["name"], "version": package["version"],
              "purl": purl(package), "licenses": [{"expression": (package["license"] or "").replace("/", " OR ")}]}
             for package in packages]
    program = {"type": "application", "bom-ref": "sumoql", "name": "sumoql", "version": version}
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": program}, "components": parts}


arguments = argparse.ArgumentParser()
arguments.add_argument("--target", required=True)
arguments.add_argument("--sbom")
given = arguments.parse_args()
packages = linked(given.target)
by_text = {}
print("sumoql contains the following works. Their licences are below.\n")
print("- the standard library of Rust: MIT OR Apache-2.0; used under the Apache License 2.0, see LICENSE-APACHE")
if given.target.endswith("-musl"):
    print("- musl: MIT")
    by_text[mit("2005-2020 Rich Felker, et al.").strip()] = ["musl"]
for package in packages:
    expression, own, name, bundled = texts(package)
    title = f"{package['name']} {package['version']}"
    note = "" if own or expression in NO_TEXT_NEEDED else "; used under the Apache License 2.0, see LICENSE-APACHE"
    print(f"- {title}: {expression}{note}{f'; contains {name}' if name else ''}")
    for owner, found in [(title, own), (name, bundled)]:
        for text in found:
            text = text.replace("\r\n", "\n").strip()
            owners = by_text.setdefault(text, [])
            if owner not in owners:
                owners.append(owner)
for text, owners in by_text.items():
    print(f"\n{'=' * 100}\n{', '.join(owners)}\n{'-' * 100}\n{text}")
if given.sbom:
    pathlib.Path(given.sbom).write_text(json.dumps(sbom(packages), indent=1) + "\n")
