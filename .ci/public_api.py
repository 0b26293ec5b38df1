#!/usr/bin/env python3
"""Compares the public interface of the library, as `cargo doc` shows it, with docs/public-api.txt.

    cargo doc -p sumoql --no-deps
    python3 .ci/public_api.py [--update] [DOC_FOLDER]

DOC_FOLDER is target/doc/sumoql unless it is named. Every type, its public fields or variants, its methods and the traits
that it implements stand in one line each. Of the items in `sumoql::operator` only the names: what an operator of one's own
meets changes with the rooms of the language. `--update` writes the file.
"""

import difflib
import html
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTED = ROOT / "docs" / "public-api.txt"
# Those that say nothing: every type has them, or nobody calls them.
TRAITS = re.compile(r"impl(<.*?>)? (!?(Freeze|RefUnwindSafe|Send|Sync|Unpin|UnsafeUnpin|UnwindSafe|StructuralPartialEq)\b"
                    r"|(Any|Borrow|BorrowMut|CloneToUninit|From|Into|ToOwned|ToString|TryFrom|TryInto)\b)")


def text(code):
    """The code of a piece of HTML on one line, without the decorations that differ between versions of rustdoc."""
    code = re.sub(r'<a[^>]*class="(src|anchor)[^>]*>.*?</a>', "", code, flags=re.S)
    code = re.sub(r'<div class="where">', " ", code)
    code = html.unescape(re.sub(r"<[^>]*>", "", code)).replace("\u00a0", " ")
    code = re.sub(r"\s+", " ", code.replace("ⓘ", "")).replace("#[non_exhaustive]pub", "#[non_exhaustive] pub").strip()
    return re.sub(r",? ([)>}])", r" \1", code).replace("( ", "(").replace(" )", ")")


def item(page, name):
    """The lines of one item."""
    source = page.read_text(encoding="utf-8")
    found = re.search(r'<pre class="rust item-decl"><code>(.*?)</code></pre>', source, flags=re.S)
    lines = [f"{name}: {text(found[1])}" if found else name]
    own = re.search(r'id="implementations-list">(.*?)(?=<h2 |<section id="trait-impl|$)', source, flags=re.S)
    for method in re.findall(r'<section id="(?:method|associatedconstant)[^"]*" class="(?:method|associatedconstant)">'
                             r'.*?<h4 class="code-header">(.*?)</h4>', own[1] if own else "", flags=re.S):
        lines.append(f"{name}: {text(method)}")
    traits = re.search(r'id="trait-implementations-list">(.*?)(?=<h2 |$)', source, flags=re.S)
    heads = re.findall(r'<h3 class="code-header">(.*?)</h3>', traits[1] if traits else "", flags=re.S)
    heads = [text(head) for head in heads]
    of = {re.sub(r"^impl(<.*?>)? | for .*", "", head) for head in heads if not TRAITS.match(head)}
    return lines + ([f"{name}: implements {', '.join(sorted(of))}"] if of else [])


def listed(folder):
    """The lines of all items, in the order of their names."""
    source = (folder / "all.html").read_text(encoding="utf-8")
    pages = re.findall(r'<li><a href="([^"#]+)">([^<]+)</a>', source)
    lines = []
    for page, name in sorted(pages, key=lambda pair: pair[1].lower()):
        name = "sumoql::" + html.unescape(name)
        lines.extend([name] if name.startswith("sumoql::operator::") else item(folder / page, name))
    return len(pages), lines


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    count, lines = listed(Path(arguments[0]) if arguments else target / "doc" / "sumoql")
    now = "\n".join(lines) + "\n"
    if "--update" in sys.argv:
        LISTED.write_text(now, encoding="utf-8")
    known = LISTED.read_text(encoding="utf-8")
    if now != known:
        changed = difflib.unified_diff(known.splitlines(), now.splitlines(), "docs/public-api.txt", "cargo doc", lineterm="")
        print("\n".join(changed))
        print("the public interface has changed: if it is meant, run `python3 .ci/public_api.py --update`")
        sys.exit(1)
    print(f"{count} public items, as in docs/public-api.txt")


if __name__ == "__main__":
    main()
