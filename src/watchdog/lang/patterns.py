"""Regular expressions of a pack: lists of alternatives, in which ``{name}`` stands for the macro of that name.

A pack may write the Arabic script as it likes: patterns and texts are brought into one form (``one_way``). A zero-width
non-joiner in a pattern stands for parts that are written together or apart: "می\u200cشود".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from watchdog.lang.reading import Table

#: The range of the Arabic script in which news is written.
_ARABIC = re.compile("[\u0600-\u06ff]")
#: Letters with and without hamza or madda, the Persian forms of two letters, both kinds of digits, and the stops.
_ONE_WAY = str.maketrans(
    "أإآٱیکۀ،؛؟٬" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹",
    "اااايكه,;?," + "0123456789" * 2,
)
_JOINT = "\u200c"
_MACRO = re.compile(r"\{([a-z_]+)\}")
#: A pattern that never matches, for what a pack leaves out.
_NEVER = re.compile(r"(?!)")


def is_arabic(text: str) -> bool:
    """Whether a text has letters or digits of the Arabic script."""
    return _ARABIC.search(text) is not None


def one_way(text: str) -> str:
    """A text with what the Arabic script writes in several ways written in one; as long as before."""
    return text if text.isascii() or not is_arabic(text) else text.translate(_ONE_WAY)


def read_macros(table: Table, known: Mapping[str, str]) -> dict[str, str]:
    """The macros of a table, each in brackets of its own; they may use those before them and those known."""
    found = dict(known)
    for key in table.values:
        found[key] = f"(?:{_expand(table, key, table.text(key), found)})"
    return found


def _expand(table: Table, key: str, text: str, macros: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] not in macros:
            raise table.error(key, f"no macro is named {match[1]!r}")
        return macros[match[1]]

    return _MACRO.sub(one, text)


def read_pattern(table: Table, key: str, macros: Mapping[str, str], *, tail: bool = False) -> re.Pattern[str]:
    """One pattern of a list of alternatives; ``tail`` binds each to the end of the text that it is searched in."""
    parts = [_expand(table, key, part, macros) for part in table.texts(key)]
    if not parts:
        return _NEVER
    joined = one_way("|".join(f"(?:{part})" for part in parts)).replace(_JOINT, " ?")
    try:
        return re.compile(f"(?:{joined})$" if tail else joined, re.IGNORECASE)
    except re.error as exc:
        raise table.error(key, f"not a regular expression: {exc}") from exc
