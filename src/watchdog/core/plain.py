"""From foreign bytes and markup to clean plain text: charset, entities, tags, control characters, white space.

What feeds and pages have in common. Every pattern is linear, markup is read by libxml2, and nothing here raises on
any input.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

#: Longer identities of entries are replaced by their hash.
KEY_MAX = 400

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
#: UTF-16 and UTF-32 without a mark, told by how "<?" looks in them (XML 1.0, appendix F.1).
_WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
#: What publishers mean when they name these: WHATWG Encoding Standard, section 4.2, "names and labels".
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "x-user-defined": "utf-8",
}
_PROLOG_BYTES = 2_048
_LABEL = r"[\"']?\s*([A-Za-z][A-Za-z0-9._:-]{1,39})"
_HEADER_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}" + _LABEL, re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s{0,99}<\?xml\s[^>]{0,500}?>")
_XML_CHARSET = re.compile(rb"<\?xml\s[^>]{0,300}?encoding\s{0,9}=\s{0,9}" + _LABEL.encode())
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,300}?charset\s{0,9}=\s{0,9}" + _LABEL.encode(), re.IGNORECASE)

#: Cc but tab and line ends; bidirectional marks, embeddings, overrides and isolates; zero-width characters and the
#: byte order mark; soft hyphen; tags; lone surrogates. Source: Unicode TR 36; PostgreSQL refuses NUL.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
#: Those of them that are ASCII.
_CONTROLS = bytes(code for code in range(128) if _INVISIBLE.match(chr(code)))
#: Characters that are looked at together: most parts of a page, in most languages, are ASCII, and need no pattern.
_PART = 256
#: A tag of those that feeds put into text, or an entity: only then plain text is read as markup.
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|u|s|img|figure|ul|ol|li|h[1-6]|table|tr|td|blockquote|script|style|iframe|font"
    r"|center|small|sup|sub|section|article|video|audio|hr|pre|code|svg|input|form|object|embed|cite|q)\b[^<>]{0,5000}>|<!--",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
#: A field is unescaped at most this often beyond its own format: once, and once more where it was escaped twice.
_ROUNDS = 2

#: lxml asks Python for the class of each element that it hands out, where there are several (those of forms): a tenth
#: of what a page costs.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement)

#: Elements that stand on lines of their own: those of HTML, and those of trafilatura's tree (head, item, quote, row).
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        """address article aside blockquote body center code dd details div dl dt fieldset figcaption figure footer form
        h1 h2 h3 h4 h5 h6 head header hr item li list main nav ol option p pre quote row section table tbody td tfoot
        thead tr ul""",
    )
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "head"))
_SILENT = frozenset(("script", "style", "template", "noscript", "svg", "object", "iframe", "title", "textarea"))
_SENTENCE_END = (".", "!", "?", "…", "。", "؟", "։", "»", "”", '"', ":", ";")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One block of a tree, as one clean line."""

    text: str
    is_heading: bool = False


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a document: charset by byte order mark, then header, then its own prolog, then UTF-8.

    The first that fits every byte wins (order: RFC 7303, section 3.2). Where none does, the first that is known, with
    U+FFFD for what does not fit. The mark itself is dropped.
    """
    named = [label for mark, label in _BOMS if body.startswith(mark)][:1]
    if header := _HEADER_CHARSET.search(content_type or ""):
        named.append(header[1])
    named += [label for start, label in _WIDE if body.startswith(start)][:1]
    start = body[:_PROLOG_BYTES]
    if prolog := _XML_CHARSET.search(start) or _META_CHARSET.search(start):
        named.append(prolog[1].decode("ascii"))
    labels = [_MEANT.get(label.lower(), label.lower()) for label in (*named, "utf-8")]
    for errors in ("strict", "replace"):
        for label in labels:
            try:
                return body.decode(label, errors).removeprefix("\ufeff")
            except (UnicodeError, LookupError, ValueError):  # not this one, unknown, or no codec for text
                continue
    return ""


def without_xml_declaration(text: str) -> str:
    """The document without ``<?xml ...?>``, whose encoding no longer holds once the text is decoded."""
    found = _XML_DECLARATION.match(text)
    return text[found.end() :] if found else text


def clean_line(text: str) -> str:
    """One line: NFC, without invisible and control characters, white space collapsed."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


def bounded_key(key: str) -> str:
    """An identity of at most ``KEY_MAX`` characters: longer ones are replaced by their hash."""
    return key if len(key) <= KEY_MAX else f"hash:{digest(key)}"


def digest(text: str) -> str:
    """A short hash of a text of any kind."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def plain_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text that may be markup, escaped once or twice, or plain with blank lines."""
    paragraphs = [text]
    for _ in range(_ROUNDS):
        if not any(_TAG.search(part) or _ENTITY.search(part) for part in paragraphs):
            break
        paragraphs = [line for part in paragraphs for line in _unescaped(part)]
    lines = (clean_line(line) for part in paragraphs for line in re.split(r"\n[ \t\r]*\n", part))
    return tuple(line for line in lines if line)


def plain_line(text: str) -> str:
    """As ``plain_paragraphs``, in one line."""
    return " ".join(plain_paragraphs(text))


def read_html(text: str) -> lxml_html.HtmlElement | None:
    """A tree of any text; None where nothing can be made of it."""
    clean = _visible(text)
    if not clean.strip():
        return None
    if declared := _XML_DECLARATION.match(clean[:_PROLOG_BYTES].decode("utf-8", "ignore")):
        clean = clean[len(declared[0].encode()) :]
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8")
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        return lxml_html.document_fromstring(clean, parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _visible(text: str) -> bytes:
    """A document in NFC and UTF-8, without invisible and control characters; ASCII's share of it costs little."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        parts = (text[start : start + _PART] for start in range(0, len(text), _PART))
        text = "".join([part if part.isascii() else _INVISIBLE.sub("", part) for part in parts])
    return text.encode().translate(None, _CONTROLS)


def pieces(root: etree._Element) -> Iterator[Piece]:
    """The blocks of a tree in order, each once, empty ones left out."""
    buffer: list[str] = []
    headings = silent = 0

    def flush() -> Iterator[Piece]:
        if not buffer:
            return
        line = clean_line("".join(buffer))
        buffer.clear()
        if line:
            yield Piece(text=line, is_heading=headings > 0)

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        step = 1 if event == "start" else -1
        if tag in _BLOCKS:
            yield from flush()
        if tag in _SILENT:
            silent += step
        headings += step if tag in _HEADINGS else 0
        if event == "start" and tag in {"br", "lb"} and _breaks(element, buffer):
            yield from flush()
        elif tag in {"br", "lb", "cell", "graphic"}:
            buffer.append(" ")
        said = element.text if event == "start" else element.tail
        if said and not silent and not (event == "end" and element is root):
            buffer.append(said)
    yield from flush()


def _breaks(element: etree._Element, buffer: list[str]) -> bool:
    """A line break ends a paragraph if another follows it, or if a sentence ended before it."""
    following = element.getnext()
    is_double = following is not None and following.tag == element.tag and not (element.tail or "").strip()
    return is_double or "".join(buffer[-1:]).rstrip().endswith(_SENTENCE_END)


def _unescaped(text: str) -> Iterator[str]:
    if not _TAG.search(text):
        yield html.unescape(text)
        return
    root = read_html(f"<div>{text}</div>")
    if root is not None:
        for piece in pieces(root):
            yield piece.text
