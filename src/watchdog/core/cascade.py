"""The main text of a page by trafilatura, without those of its steps that cannot change what comes out.

The only importer of trafilatura, which costs 170 ms and 40 MB to import: inside the functions, once a process. Its
``bare_extraction`` copies a tree of 700 elements four times, tests each class and id three times for parts that few
pages have, and cleans a whole page to learn how long its text is: half of what a page costs. Here its own parts do the
same in the same order. A version that this was not held against is asked as a whole.
"""

from __future__ import annotations

import re
from copy import copy
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import HtmlElement

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

#: The version whose order of steps ``_fast`` follows: ``trafilatura_sequence`` in its ``core``.
KNOWN = "2.3.1"

#: Elements of which its first expressions take some out, and what their ids and classes need for that: further articles
#: below the first, and readers' comments.
_TAKEN_OUT = ("div", "section", "aside", "list", "details", "ol", "ul")
_MORE = re.compile("mvp-post-add|infinite|elementor-share-buttons")
_COMMENTS = re.compile("^(?:[Cc]omment|comol|disqus_thread|dsq-comments)|article-comments|post-comments", re.MULTILINE)
#: Where it stands, readers' posts are the text.
_FORUM = "DiscussionForumPosting"

_TEXTS = etree.XPath("descendant::text()", smart_strings=False)


def find_main(root: HtmlElement, url: str, *, is_fast: bool) -> etree._Element | None:
    """The main text as a tree of trafilatura's own elements; None where it finds none. The page stays as it is."""
    from trafilatura import __version__, bare_extraction

    asking = copy(_options(is_fast=is_fast))
    asking.url = asking.source = url
    if is_fast and __version__ == KNOWN and not any(_FORUM in (each.text or "") for each in root.iter("script")):
        return _fast(root, asking)
    found: etree._Element | None = getattr(bare_extraction(root, options=asking), "body", None)
    return found


@cache  # it reads a dozen settings
def _options(*, is_fast: bool) -> Extractor:
    """What is asked for: the tree alone, not the text that would be made of it, and no readers' comments."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="txt", fast=is_fast, comments=False)


def _fast(root: HtmlElement, asking: Extractor) -> etree._Element | None:
    from trafilatura.baseline import baseline

    page = _without_comments(root)
    body, text = _main(page, asking)
    if len(text) < asking.min_extracted_size:
        rescued, its_text, length = baseline(page)
        if length > len(text):
            body, text = rescued, its_text
    if _says_little(page, len(text)):
        body, text = _wider(page, asking, body, text)
    return body if len(text) >= asking.min_output_size else None


def _main(page: HtmlElement, asking: Extractor) -> tuple[etree._Element, str]:
    from trafilatura.htmlprocessing import convert_tags, tree_cleaning
    from trafilatura.main_extractor import extract_content

    clean = convert_tags(tree_cleaning(copy(page), asking), asking, asking.url)
    found: tuple[etree._Element, str] = extract_content(clean, asking)
    return found


def _without_comments(root: HtmlElement) -> HtmlElement:
    """The page without what is dropped before all else; the page itself where that can be nothing."""
    from trafilatura.htmlprocessing import prune_unwanted_nodes
    from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH, REMOVE_COMMENTS_AND_LISTS_XPATH

    named = [name for each in root.iter(*_TAKEN_OUT) for name in (each.get("id"), each.get("class")) if name]
    names = "\n".join(named)
    found = [
        expressions
        for pattern, expressions in ((_MORE, RAW_TREE_PRUNE_XPATH), (_COMMENTS, REMOVE_COMMENTS_AND_LISTS_XPATH))
        if pattern.search(names)
    ]
    page = copy(root) if found else root
    for expressions in found:
        prune_unwanted_nodes(page, expressions)
    return page


def _says_little(page: HtmlElement, length: int) -> bool:
    """Whether a text is short, and a small part of what its page says; measured well only where roughly says so."""
    from trafilatura.baseline import html2txt
    from trafilatura.core import ESCALATION_MAX_LENGTH, ESCALATION_PAGE_SHARE

    if not 0 < length < ESCALATION_MAX_LENGTH:
        return False
    body = page.find(".//body")
    most = " ".join(" ".join(_TEXTS(page if body is None else body)).split())  # a space more than it ever counts
    share = ESCALATION_PAGE_SHARE
    return length < share * len(most) and length < share * len(html2txt(page))


def _wider(page: HtmlElement, asking: Extractor, body: etree._Element, text: str) -> tuple[etree._Element, str]:
    """The same again, less choosy, where that finds clearly more."""
    from trafilatura.core import ESCALATION_ACCEPT_RATIO

    asking = copy(asking)
    asking.focus = "recall"
    try:
        wider, its_text = _main(page, asking)
    except Exception:  # noqa: BLE001 -- as it does itself
        return body, text
    is_more = len(its_text) >= asking.min_extracted_size and len(its_text) > ESCALATION_ACCEPT_RATIO * len(text)
    return (wider, its_text) if is_more else (body, text)
