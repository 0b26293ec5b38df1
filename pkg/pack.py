#!/usr/bin/env python3
"""Packs a folder into NAME.tar.gz or NAME.zip, with the same bytes for the same files, and writes NAME.….sha256 beside it.

    pkg/pack.py FOLDER ARCHIVE
"""
import gzip, hashlib, pathlib, sys, tarfile, time, zipfile

folder, archive = (pathlib.Path(arg) for arg in sys.argv[1:])
# The time of the files would differ from build to build; before 1980 there are no times in zip archives.
MOMENT = 315532800
PROGRAMS = {"sumoql", "sumoql.exe"}
files = sorted(path for path in folder.rglob("*") if path.is_file())


def mode(path):
    return 0o755 if path.name in PROGRAMS and path.parent == folder else 0o644


def plain(entry):
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = MOMENT
    return entry


if archive.name.endswith(".zip"):
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), time.gmtime(MOMENT)[:6])
            entry.external_attr = (0o100000 | mode(path)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, path.read_bytes())
else:
    with open(archive, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, MOMENT) as packed:
        with tarfile.open(fileobj=packed, mode="w") as out:
            for path in files:
                entry = plain(out.gettarinfo(path, path.relative_to(folder.parent).as_posix()))
                entry.mode = mode(path)
                with open(path, "rb") as content:
                    out.addfile(entry, content)
digest = hashlib.sha256(archive.read_bytes()).hexdigest()
archive.with_name(archive.name + ".sha256").write_text(f"{digest}  {archive.name}\n", newline="\n")
print(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB")
