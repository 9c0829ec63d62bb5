"""Builds the recording that ``watchdog demo`` plays: ``python tools/make_demo.py``.

Reads the publications in ``tools/demo/*.toml`` and writes ``src/watchdog/demo/recording.warc.gz`` (WARC 1.1, one gzip
member a record): for each publication, in the order of time, the outlet's feed as it stood then, then the page with the
usual furniture around its text. The same texts give the same records.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "tools" / "demo"
RECORDING = ROOT / "src" / "watchdog" / "demo" / "recording.warc.gz"

#: A poll comes some minutes after a publication, and the page a little after the poll.
POLLED_AFTER = timedelta(minutes=7)
READ_AFTER = timedelta(seconds=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Somebody who publishes: one feed format, one manner of page."""

    name: str
    host: str
    lang: str
    format: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One version of one page; an edit is a publication with the same path and a later ``at``."""

    outlet: Outlet
    path: str
    published: datetime
    at: datetime
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    sidebar: tuple[str, ...]
    #: What a perfect Watchdog says of it; None where it stays silent.
    alert: str | None

    @property
    def url(self) -> str:
        """The page's address."""
        return f"https://{self.outlet.host}{self.path}"


def publications(folder: Path = TEXTS) -> list[Publication]:
    """Every version of every page, in the order in which they appeared."""
    found = []
    for file in sorted(folder.glob("*.toml")):
        content = tomllib.loads(file.read_text("utf-8"))
        outlet = Outlet(**content["outlet"])
        for row in content["publication"]:
            paragraphs = _paragraphs(row["text"])
            versions = [{"at": row["published"], "alert": row.get("alert"), "text": ""}, *row.get("edit", ())]
            for version in versions:
                paragraphs = (*paragraphs, *_paragraphs(version["text"]))
                found.append(
                    Publication(
                        outlet=outlet,
                        path=row["path"],
                        published=row["published"],
                        at=version["at"],
                        title=row["title"],
                        summary=row["summary"],
                        paragraphs=paragraphs,
                        sidebar=tuple(row["sidebar"]),
                        alert=version.get("alert"),
                    )
                )
    return sorted(found, key=lambda publication: publication.at)


def build(folder: Path = TEXTS) -> bytes:
    """The whole recording."""
    everything = publications(folder)
    records = [_record("warcinfo", None, everything[0].at, "application/warc-fields", b"software: make_demo.py\r\n")]
    for page in everything:
        polled_at = page.at + POLLED_AFTER
        shown = [other for other in everything if other.outlet == page.outlet and other.at <= page.at]
        entries = sorted({item.url: item for item in shown}.values(), key=lambda item: item.published, reverse=True)
        name, content_type, render = FEEDS[page.outlet.format]
        records.append(_response(f"https://{page.outlet.host}/{name}", polled_at, content_type, render(entries)))
        html = PAGES[page.outlet.page](page)
        records.append(_response(page.url, polled_at + READ_AFTER, "text/html; charset=utf-8", html.encode()))
    return b"".join(records)


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n\n") if part.strip())


# ---------------------------------------------------------------- feeds: newest entry first


def _rss(entries: list[Publication]) -> bytes:
    outlet = entries[0].outlet
    items = "\n".join(
        f"<item><title>{escape(entry.title)}</title><link>{entry.url}?utm_source=rss</link>"
        f'<guid isPermaLink="true">{entry.url}</guid><pubDate>{format_datetime(entry.published)}</pubDate>'
        f"<description>{escape(f'<p>{escape(entry.summary)}</p>')}</description></item>"
        for entry in entries
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>{escape(outlet.name)}</title>'
        f"<link>https://{outlet.host}/</link><description>News</description><language>{outlet.lang}</language>\n"
        f"{items}\n</channel></rss>\n"
    ).encode()


def _atom(entries: list[Publication]) -> bytes:
    outlet = entries[0].outlet
    items = "\n".join(
        f"<entry><title>{escape(entry.title)}</title><id>tag:{outlet.host},2024:{entry.path}</id>"
        f'<link rel="alternate" href="{entry.url}"/><published>{entry.published.isoformat()}</published>'
        f"<updated>{entry.at.isoformat()}</updated><summary>{escape(entry.summary)}</summary></entry>"
        for entry in entries
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.lang}">'
        f"<title>{escape(outlet.name)}</title><id>https://{outlet.host}/</id>"
        f"<updated>{entries[0].at.isoformat()}</updated>\n{items}\n</feed>\n"
    ).encode()


def _rdf(entries: list[Publication]) -> bytes:
    outlet = entries[0].outlet
    items = "\n".join(
        f'<item rdf:about="{entry.url}"><title>{escape(entry.title)}</title><link>{entry.url}</link>'
        f"<description>{escape(entry.summary)}</description><dc:date>{entry.published.isoformat()}</dc:date></item>"
        for entry in entries
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="https://{outlet.host}/"><title>{escape(outlet.name)}</title>'
        f"<link>https://{outlet.host}/</link><description>Statements and news</description></channel>\n"
        f"{items}\n</rdf:RDF>\n"
    ).encode()


def _json_feed(entries: list[Publication]) -> bytes:
    outlet = entries[0].outlet
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"https://{outlet.host}/",
        "language": outlet.lang,
        "items": [
            {
                "id": entry.url,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "date_published": entry.published.isoformat(),
                "date_modified": entry.at.isoformat(),
            }
            for entry in entries
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


FEEDS: Mapping[str, tuple[str, str, Callable[[list[Publication]], bytes]]] = {
    "rss": ("rss.xml", "application/rss+xml; charset=utf-8", _rss),
    "atom": ("atom.xml", "application/atom+xml; charset=utf-8", _atom),
    "rdf": ("index.rdf", "application/rdf+xml", _rdf),
    "json": ("feed.json", "application/feed+json", _json_feed),
}


# ---------------------------------------------------------------- pages, in four manners


def _head(page: Publication) -> str:
    return (
        f'<!doctype html>\n<html lang="{page.outlet.lang}"><head><meta charset="utf-8">'
        f"<title>{escape(page.title)} - {escape(page.outlet.name)}</title>"
        f'<meta property="og:title" content="{escape(page.title)}">'
        f'<meta property="article:published_time" content="{page.published.isoformat()}"></head>\n'
    )


def _each(tag: str, texts: tuple[str, ...]) -> str:
    return "\n".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def _links(page: Publication, tag: str) -> str:
    """Headlines of other pages, which say nothing about the page that they stand on."""
    number = (int(hashlib.sha256(headline.encode()).hexdigest()[:5], 16) for headline in page.sidebar)
    return "\n".join(
        f'<{tag}><a href="/a/{n}">{escape(headline)}</a></{tag}>'
        for n, headline in zip(number, page.sidebar, strict=True)
    )


def _article(page: Publication) -> str:
    return (
        f'{_head(page)}<body><header><nav><a href="/">Home</a> <a href="/port">Port</a> <a href="/town">Town</a></nav>'
        f"</header>\n<main><article><h1>{escape(page.title)}</h1>"
        f'<time datetime="{page.published.isoformat()}">{page.published:%d %B %Y}</time>\n'
        f'{_each("p", page.paragraphs)}\n</article><aside class="related"><h2>Most read</h2><ul>{_links(page, "li")}'
        f"</ul></aside></main>\n<footer><p>The Caspian Ledger is printed on Saturdays.</p></footer></body></html>\n"
    )


def _cards(page: Publication) -> str:
    return (
        f'{_head(page)}<body><div class="top"><a href="/">Ana səhifə</a> <a href="/xeber">Xəbərlər</a></div>\n'
        f'<div class="grid"><div class="col-8"><h1>{escape(page.title)}</h1>'
        f'<div class="date">{page.published:%d.%m.%Y %H:%M}</div><div class="story">{_each("p", page.paragraphs)}</div>'
        f'<div class="share"><a href="#">Paylaş</a></div></div>\n<div class="col-4 sidebar"><h4>Çox oxunan</h4>'
        f"{_links(page, 'div')}</div></div><footer>Bütün hüquqlar qorunur</footer></body></html>\n"
    )


def _table(page: Publication) -> str:
    return (
        f'{_head(page)}<body><table><tr><td class="menu"><a href="/">Главная</a><br><a href="/news">Новости</a>'
        f'<ul class="also">{_links(page, "li")}</ul></td>\n<td class="content"><h1>{escape(page.title)}</h1>'
        f'<span class="date">{page.published:%d.%m.%Y, %H:%M}</span><div class="text">{_each("p", page.paragraphs)}'
        f"</div></td></tr></table><p>Перепечатка со ссылкой на источник</p></body></html>\n"
    )


def _release(page: Publication) -> str:
    return (
        f'{_head(page)}<body><nav><a href="/">Home</a> &raquo; <a href="/news">News</a></nav>\n<div id="content">'
        f'<h1>{escape(page.title)}</h1><p class="meta">{page.published:%Y-%m-%d}</p>{_each("p", page.paragraphs)}</div>'
        f'\n<div class="see-also"><h3>See also</h3><ul>{_links(page, "li")}</ul></div>'
        f"<footer><p>Open Dock is a registered charity.</p></footer></body></html>\n"
    )


PAGES: Mapping[str, Callable[[Publication], str]] = {
    "article": _article,
    "cards": _cards,
    "table": _table,
    "release": _release,
}


# ---------------------------------------------------------------- WARC 1.1, https://iipc.github.io/warc-specifications/


def _response(url: str, at: datetime, content_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nDate: {format_datetime(at, usegmt=True)}\r\nContent-Type: {content_type}\r\n"
        f'ETag: "{hashlib.sha256(body).hexdigest()[:16]}"\r\nContent-Length: {len(body)}\r\n\r\n'
    )
    return _record("response", url, at, "application/http; msgtype=response", head.encode() + body)


def _record(kind: str, url: str | None, at: datetime, content_type: str, block: bytes) -> bytes:
    digest = hashlib.sha256(block).hexdigest()
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {url} {at.isoformat()}')}>",
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}",
        *([f"WARC-Target-URI: {url}"] if url else []),
        f"WARC-Block-Digest: sha256:{digest}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    ]
    return gzip.compress("\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n", mtime=0)


if __name__ == "__main__":
    RECORDING.write_bytes(build())
    print(f"{RECORDING.relative_to(ROOT)}: {RECORDING.stat().st_size} bytes")
