"""The main text, beside what trafilatura makes of the same page when it is asked as a whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from trafilatura import bare_extraction

from watchdog.core.cascade import KNOWN, find_main
from watchdog.core.plain import pieces, read_html

URL = "http://example.org/news/1"
SENTENCE = "The court in the capital has postponed the hearing of the journalist until next month, her lawyer said. "
#: Differs from paragraph to paragraph, because repeated ones are dropped.
PARAGRAPHS = [f"<p>{number}. {SENTENCE * 2}</p>" for number in range(8)]
TEXT = "".join(PARAGRAPHS)
LINKS = "".join(f"<li><a href='/{number}'>Another story, number {number}</a></li>" for number in range(300))
MUCH = "".join(f"<div><span>Item {number} of a long list of other things.</span></div>" for number in range(400))

PAGES = {
    "an article": f"<article>{TEXT}</article>",
    "readers' comments by id": f"<article>{TEXT}</article><div id='comments'>{PARAGRAPHS[0]}x</div>",
    "readers' comments by class": f"<main>{TEXT}<section class='Comment'>{MUCH}</section></main>",
    "a list of comments": f"<article>{TEXT}<ol class='post-comments'><li>{SENTENCE}</li></ol></article>",
    "an id that takes out no list": f"<article>{TEXT}<ul id='disqus_thread'><li>{SENTENCE}</ul>",
    "a part with that id": f"<article>{TEXT}<div id='disqus_thread'><p>{SENTENCE * 3}!</p></div></article>",
    "commentary is no comment": f"<div class='commentary'>{TEXT}</div>",
    "comments within comments": f"<article>{PARAGRAPHS[0]}<div id=comment-1>a<p id=comment-2>b</p></div>c</article>",
    "further articles below": f"<div class='post-body'>{TEXT}</div><div id='infinite-scroll'>{MUCH}</div>",
    "buttons": f"<article>{TEXT}<div class='elementor-share-buttons'>Share this</div></article>",
    "a forum": '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    f"<div class='comments'>{TEXT}</div>",
    "too short": "<p>Short.</p>",
    "nothing": "<p></p>",
    "no article, much else": f"<div class='sidebar'>{PARAGRAPHS[0]}</div>{MUCH}",
    "a short text in a large page": f"<article>{PARAGRAPHS[0]}</article><ul>{LINKS}</ul>{MUCH}",
    "a short text and long cells": f"<article>{PARAGRAPHS[0]}</article><div class=x>{SENTENCE * 40}</div>{LINKS}",
    "a short text, much of it left out": f"<article>{PARAGRAPHS[0]}</article><footer>{SENTENCE * 40}</footer>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_text_is_what_all_of_its_steps_find(page: str) -> None:
    html = f"<html><head><title>A hearing</title></head><body><h1>A hearing</h1>{page}</body></html>"
    assert lines(html, whole=False) == lines(html, whole=True)


def test_the_version_that_is_locked_is_the_one_that_this_was_held_against() -> None:
    locked = (Path(__file__).parents[2] / "requirements" / "run.txt").read_text("utf-8")
    assert f"trafilatura=={KNOWN}" in re.split(r"\s+", locked)


def lines(html: str, *, whole: bool) -> list[str] | None:
    root = read_html(html)
    assert root is not None
    if whole:
        document = bare_extraction(root, url=URL, output_format="txt", fast=True, include_comments=False)
        body = getattr(document, "body", None)
    else:
        body = find_main(root, URL, is_fast=True)
    return None if body is None else [piece.text for piece in pieces(body)]
