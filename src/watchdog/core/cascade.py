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

#: What its first expression (``RAW_TREE_PRUNE_XPATH``) needs in an id or class: further articles below the first.
_MORE_TAGS = ("div", "section", "aside")
_MORE = re.compile("mvp-post-add|infinite|elementor-share-buttons")
#: What its second one takes out (``REMOVE_COMMENTS_AND_LISTS_XPATH``): readers' comments, by the start of an id, or by
#: a class; lists by fewer ids.
_COMMENT_TAGS = ("div", "list", "section", "details", "ol", "ul")
_COMMENT_ID = re.compile("[Cc]omment(?!ary)|comol")
_OTHER_COMMENT_IDS = ("disqus_thread", "dsq-comments")
_COMMENT_CLASS = re.compile("^[Cc]omment(?!ary)|(?:article|post)-comments")
#: Where it stands, readers' posts are the text.
_FORUM = "DiscussionForumPosting"

_TEXTS = etree.XPath("descendant::text()", smart_strings=False)


def find_main(root: HtmlElement, url: str, *, is_fast: bool) -> etree._Element | None:
    """The main text as a tree of trafilatura's own elements; None where it finds none.

    The page loses what belongs to no article by its names: readers' comments, further articles.
    """
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

    _drop_others(root)
    body, text = _main(root, asking)
    if len(text) < asking.min_extracted_size:
        rescued, its_text, length = baseline(root)
        if length > len(text):
            body, text = rescued, its_text
    if _says_little(root, len(text)):
        body, text = _wider(root, asking, body, text)
    return body if len(text) >= asking.min_output_size else None


def _main(page: HtmlElement, asking: Extractor) -> tuple[etree._Element, str]:
    from trafilatura.htmlprocessing import convert_tags, tree_cleaning
    from trafilatura.main_extractor import extract_content

    clean = convert_tags(tree_cleaning(copy(page), asking), asking, asking.url)
    found: tuple[etree._Element, str] = extract_content(clean, asking)
    return found


def _drop_others(root: HtmlElement) -> None:
    """Take out what it takes out before all else."""
    from trafilatura.htmlprocessing import prune_unwanted_nodes
    from trafilatura.xml import delete_element
    from trafilatura.xpaths import RAW_TREE_PRUNE_XPATH

    if any(_MORE.search(f"{each.get('id')} {each.get('class')}") for each in root.iter(*_MORE_TAGS) if each.attrib):
        prune_unwanted_nodes(root, RAW_TREE_PRUNE_XPATH)
    for comments in [each for each in root.iter(*_COMMENT_TAGS) if _is_comments(each)]:
        delete_element(comments)


def _is_comments(element: HtmlElement) -> bool:
    name = element.get("id")
    if name and (_COMMENT_ID.match(name) or (element.tag not in {"ol", "ul"} and name.startswith(_OTHER_COMMENT_IDS))):
        return True
    kind = element.get("class")
    return kind is not None and _COMMENT_CLASS.search(kind) is not None


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
