"""People kept back to measure false alarms at first sight: ``held_names.tsv``, in parts, for ``real_prose``.

A part is ``mend`` once anybody has looked at what the matcher mistakes in it; rules are written from those only.
An article writes foreign names as its language does: where nobody says how, by the sounds of the Russian name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: Which quarters of the list are which part. Both kept back were run on 2026-11-22, and what they showed was mended:
#: for another first sight, take seeds that docs/names.md does not name, or add people.
PARTS: Final = {"mend": (0, 1), "held-1": (2,), "held-2": (3,)}
NATIVE: Final = "native"
#: Whose names an article in a language has most, by the list's second column.
AT_HOME: Final = {
    "ru": ("slav",), "uk": ("slav",), "bg": ("slav",), "az": ("slav", "turk"), "tr": ("turk",), "ar": ("arab",),
    "fa": ("iran", "arab"), "he": ("isr",), "ka": ("geo",), "hy": ("arm",), "es": ("span",),
}  # fmt: skip
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_AS_IN: Final[dict[str, dict[str, str]]] = {
    lang: dict(zip(_RUSSIAN, signs.split(), strict=True))
    for lang, signs in {
        "uk": "а б в г д е йо ж з і й к л м н о п р с т у ф х ц ч ш щ ' и ь е ю я",
        "bg": "а б в г д е ьо ж з и й к л м н о п р с т у ф х ц ч ш щ ъ и _ е ю я",
        "el": "α μπ β γκ ντ ε ιο ζ ζ ι ι κ λ μ ν ο π ρ σ τ ου φ χ τσ τσ σ στσ _ ι _ ε ιου ια",
        "ka": "ა ბ ვ გ დ ე იო ჟ ზ ი ი კ ლ მ ნ ო პ რ ს ტ უ ფ ხ ც ჩ შ შჩ _ ი _ ე იუ ია",
        "hy": "ա բ վ գ դ ե յո ժ զ ի յ կ լ մ ն ո պ ր ս տ ու ֆ խ ց չ շ շչ _ ի _ է յու յա",
        "fa": "ا ب و گ د _ یو ژ ز ی ی ک ل م ن و پ ر س ت و ف خ تس چ ش شچ _ ی _ _ یو یا",
    }.items()
}
_AT_THE_START: Final = {"fa": {"е": "ا", "э": "ا", "и": "ای", "о": "او", "у": "او"}, "hy": {"о": "օ", "е": "ե"}}
_AT_THE_END: Final = {"fa": {"е": "ه", "э": "ه"}, "el": {"с": "ς"}}
_VOWELS: Final = "აეიოუ"


def read() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Of each person the part, the item, whose name it is, and the names by language."""
    for line in (Path(__file__).parent / "held_names.tsv").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            first, native, *others = line.split("\t")
            item, group = first.split(" ")
            quarter = hashlib.sha256(first.encode()).digest()[0] % 4
            part = next(part for part, quarters in PARTS.items() if quarter in quarters)
            names = {NATIVE: native} if native else {}
            yield part, item, group, names | dict(one.split(" ", 1) for one in others)


def derived(russian: str, lang: str) -> str | None:
    """A name as a language may write it that writes sounds, after the Russian spelling; None for other languages."""
    if lang not in _AS_IN:
        return None
    words = [_word(word, lang) for word in re.split("([ -])", russian)]
    if lang == "ka" and words[-1][-1] not in _VOWELS:
        words[-1] += "ი"
    return "".join(words)


def _word(word: str, lang: str) -> str:
    signs = _AS_IN[lang]
    letters = [signs.get(letter, letter) for letter in word.lower()]
    if letters:
        letters[0] = _AT_THE_START.get(lang, {}).get(word[0].lower(), letters[0])
        letters[-1] = _AT_THE_END.get(lang, {}).get(word[-1], letters[-1]) if len(letters) > 1 else letters[-1]
    made = "".join(letters).replace("_", "")
    return made if lang in {"ka", "fa"} else made[:1].upper() + made[1:]
