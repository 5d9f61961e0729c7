"""Write the tables of src/text/: HTML's named references, and the kinds of characters that ftfy tells mojibake by.

    pip install ftfy==6.3.1
    python scripts/make_text_tables.py        (Python 3.11)

The names are those of Python's `html.entities.html5`, which `html.unescape` uses; the characters are members of the
categories in `ftfy.badness`, listed anew by code point.
"""

from __future__ import annotations

import platform
import re
import textwrap
from html.entities import html5
from itertools import groupby
from pathlib import Path

import ftfy.badness
from ftfy import __version__ as FTFY

TEXT = Path(__file__).parent.parent / "src/text"
PYTHON = platform.python_version()

CATEGORIES = {
    "common": "common",
    "bad": "bad",
    "law": "law",
    "currency": "currency",
    "start_punctuation": "start",
    "end_punctuation": "end",
    "numeric": "numeric",
    "kaomoji": "kaomoji",
    "upper_accented": "upperAccented",
    "lower_accented": "lowerAccented",
    "upper_common": "upperCommon",
    "lower_common": "lowerCommon",
    "box": "box",
}


def write(name: str, text: str) -> None:
    """Writes a module of `src/text/`."""
    (TEXT / name).write_text(text, encoding="utf-8")


def entities(table: str, what: str, codes: range) -> str:
    """The names of code points, ascending, as `parseEntities` in unescape.ts reads them."""
    names = sorted(
        (n[:-1] for n in html5 if n.endswith(";") and ord(html5[n][0]) in codes),
        key=lambda n: (html5[n + ";"], len(n), n),
    )
    groups = []
    last = 0
    for first, group in groupby(names, key=lambda n: ord(html5[n + ";"][0])):
        step = "" if first == last + 1 else str(first - last)
        groups.append(step + ",".join(map(spell, group)))
        last = first
    # Short lines, so that a change of one name is one line's; `;` and the end of a line separate alike.
    lines = textwrap.wrap("; ".join(groups), 116, break_on_hyphens=False, break_long_words=False)
    text = "\n".join(line.replace("; ", ";").rstrip(";") for line in lines)
    return f"""/**
 * HTML's named character references{what}. Made by scripts/make_text_tables.py from Python {PYTHON}'s
 * `html.entities.html5`.
 *
 * One group of names a code point, in ascending order; a number before it says by how much the code point grows where it
 * does not grow by one. `!` marks names that are also read without their semicolon, and `+338` a second code point.
 */
export const {table} = `{text}`;
"""


def spell(name: str) -> str:
    """A name with its marks."""
    value = html5[name + ";"]
    assert len(value) <= 2 and html5.get(name, value) == value
    return name + ("!" if name in html5 else "") + (f"+{ord(value[1]):x}" if len(value) == 2 else "")


def classes() -> str:
    """The insides of regular expressions' character classes."""
    body = ""
    for theirs, ours in CATEGORIES.items():
        members = re.compile(f"[{ftfy.badness.MOJIBAKE_CATEGORIES[theirs]}]")
        body += f"  {ours}: '{ranges([i for i in range(0x110000) if members.match(chr(i))])}',\n"
    return f"""/**
 * Kinds of characters by which mojibake is told, as insides of a character class. Made by scripts/make_text_tables.py from
 * the categories of ftfy {FTFY} (Robyn Speer).
 */
export const KINDS = {{
{body}}} as const;
"""


def ranges(codes: list[int]) -> str:
    """Ascending code points as the inside of a character class."""
    text = ""
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        run = [code for _, code in run]
        text += "".join(map(show, run)) if len(run) < 3 else f"{show(run[0])}-{show(run[-1])}"
    return text


def show(code: int) -> str:
    """A character, escaped where it could not be seen."""
    return chr(code) if chr(code).isprintable() and code not in (0xFFFD, 0xB4, 0xA8) else f"\\u{code:04x}"


# Mathematical operators and what comes after them, as a table of their own: half of all.
write("entities.ts", entities("ENTITIES", " up to U+21FF", range(0x2200)))
write("entities-symbols.ts", entities("SYMBOLS", " from U+2200 on", range(0x2200, 0x110000)))
write("mojibake-kinds.ts", classes())
