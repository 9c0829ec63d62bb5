"""Pages as outlets build them, with all that must come out of each; beside the nine manners of the recorded streams.

Every page carries the same article. What stands around it names another watched person, and says that something
happened to him: nothing of that may come out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

TITLE = "Court extends the arrest of journalist Leyla Aliyeva"
PARAGRAPHS = (
    "A court in Baku on Tuesday extended the pre-trial arrest of the journalist Leyla Aliyeva, her lawyer told us.",
    "The prosecutor had asked for three months, because witnesses of the alleged smuggling had yet to be heard.",
    "“I did nothing but my work,” she said from behind the glass. Four diplomats were not let into the room.",
    "Her newspaper was closed last spring, after its accounts had been frozen, and six of its staff left the country.",
    "The lawyer will appeal within three days.",
)
#: Of other articles: each is a change in the life of somebody who is watched, too.
TEASERS = (
    "Blogger Mehman Huseynov released from prison",
    "Mehman Huseynov goes on hunger strike in Gobustan",
    "Lawyer: Mehman Huseynov was beaten by guards on Monday",
)
COMMENTS = (
    "My cousin works there: Mehman Huseynov died in prison this morning.",
    "Mehman Huseynov was released an hour ago, I saw him in the metro myself. Thank God, and shame on the judges.",
)
_HEAD = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title} | The Baku Herald</title>"
    "<meta property='og:title' content='{title}'>"
    "<meta property='article:published_time' content='2019-03-05T16:20:00+04:00'>{more}</head><body>"
    "<nav><ul><li><a href='/'>Home</a></li><li><a href='/politics'>Politics</a></li></ul></nav>"
)
_FOOT = "<footer><p>© The Baku Herald. All rights reserved.</p></footer></body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A page, and the blocks that are to come out of it, all of them."""

    html: str
    blocks: tuple[str, ...] = PARAGRAPHS
    #: The days that markup gives to blocks, in their order; none where it gives none to any.
    days: tuple[date | None, ...] = ()
    #: Those of ``blocks`` that only other pages of the host show to be foreign.
    furniture: tuple[str, ...] = ()


def head(more: str = "") -> str:
    """The beginning of a page, up to its navigation."""
    return _HEAD.format(title=TITLE, more=more)


def ps(parts: tuple[str, ...] = PARAGRAPHS) -> str:
    """Paragraphs."""
    return "".join(f"<p>{part}</p>" for part in parts)


def links(tag: str) -> str:
    """The teasers as links that stand alone."""
    return "".join(f"<{tag}><a href='/n/{number}'>{said}</a></{tag}>" for number, said in enumerate(TEASERS))


def live_blog() -> Made:
    """Dated updates, newest first, each with its time; a box with other news between two of them."""
    updates = (
        ("2019-03-05T18:40:00+04:00", "5 March 2019, 18:40", PARAGRAPHS[4]),
        ("2019-03-05T16:20:00+04:00", "5 March 2019, 16:20", PARAGRAPHS[0]),
        ("2019-03-04T11:05:00+04:00", "4 March 2019, 11:05", PARAGRAPHS[1]),
    )
    posts = [
        f"<div class='post' id='p{number}'><time datetime='{moment}'>{said}</time><p>{text}</p></div>"
        for number, (moment, said, text) in enumerate(updates)
    ]
    box = f"<div class='box'><h4>More from Azerbaijan</h4><ul>{links('li')}</ul></div>"
    posts.insert(2, box)
    html = (
        f"{head()}<main><h1>{TITLE}</h1><p>{PARAGRAPHS[3]}</p><div class='posts'>{''.join(posts)}</div></main>{_FOOT}"
    )
    days = (None, date(2019, 3, 5), date(2019, 3, 5), date(2019, 3, 4))
    return Made(html=html, blocks=(PARAGRAPHS[3], *(text for _, _, text in updates)), days=days)


def captions() -> Made:
    """Photographs with captions and credits between the paragraphs, and a gallery of another story."""
    photo = "<figure><img src='/1.jpg' alt='{0}'><figcaption>{0}</figcaption></figure>"
    own, other = "Leyla Aliyeva at an earlier hearing. Photo: Turan", f"{TEASERS[0]}. Photo: Turan"
    gallery = f"<div class='gallery'><h3>In pictures</h3>{photo.format(other)}</div>"
    body = f"{ps(PARAGRAPHS[:2])}{photo.format(own)}{ps(PARAGRAPHS[2:])}"
    return Made(html=f"{head()}<article><h1>{TITLE}</h1>{body}</article>{gallery}{_FOOT}")


def read_also() -> Made:
    """ "Read also" lines between the paragraphs: as a linked paragraph, a labelled one, and a boxed list."""
    one = f"<p><strong>Read also: <a href='/n/1'>{TEASERS[0]}</a></strong></p>"
    other = f"<p>Read also:</p><p><a href='/n/2'>{TEASERS[1]}</a></p>"
    box = f"<div class='inline'><span>See also</span><ul>{links('li')}</ul></div>"
    first, second, third, *rest = PARAGRAPHS
    body = f"{ps((first,))}{one}{ps((second,))}{other}{ps((third,))}{box}{ps(tuple(rest))}"
    return Made(html=f"{head()}<article><h1>{TITLE}</h1>{body}</article>{_FOOT}")


def ordered_comments() -> Made:
    """Readers' comments as an ordered list without any telling name, in the container of the article."""
    rows = "".join(
        f"<li><b>reader{number}</b> <i>{number} hours ago</i><p>{said}</p><a href='#'>Reply</a></li>"
        for number, said in enumerate(COMMENTS, 2)
    )
    body = f"<div class='t'><h1>{TITLE}</h1>{ps()}<h3>2 comments</h3><ol>{rows}</ol></div>"
    return Made(html=f"{head()}<div class='w'>{body}</div>{_FOOT}")


def endless_scroll() -> Made:
    """A second article, whole, below the first."""
    other = (
        "The blogger Mehman Huseynov left the prison of Gobustan on Saturday morning, after two years behind bars.",
        "He was met at the gate by friends and colleagues, who had waited there since the early morning hours.",
    )
    top = f"<h1><a href='/n/0'>{TEASERS[0]}</a></h1><time datetime='2019-03-02'>2 March 2019</time>"
    second = f"<article>{top}{ps(other)}</article>"
    return Made(html=f"{head()}<main><article><h1>{TITLE}</h1>{ps()}</article>{second}</main>{_FOOT}")


def paywall() -> Made:
    """The lead, then an offer, then what others read."""
    title, said = "Continue reading with a subscription", "Already a subscriber? Log in"
    offer = f"<div class='offer'><h3>{title}</h3><p>{said}</p><button>Subscribe</button></div>"
    most = f"<section><h2>Most read</h2><ol>{links('li')}</ol></section>"
    body = f"<article><h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{offer}</article>{most}"
    return Made(
        html=f"{head()}{body}{_FOOT}", blocks=(PARAGRAPHS[0], PARAGRAPHS[1], title, said), furniture=(title, said)
    )


def amp() -> Made:
    """The accelerated page: own elements, a carousel of other stories, a side menu of headlines."""
    cards = "".join(
        f"<div class='card'><amp-img src='/{n}.jpg'></amp-img><a href='/n/{n}'><h3>{t}</h3></a></div>"
        for n, t in enumerate(TEASERS)
    )
    menu = f"<amp-sidebar id='menu' layout='nodisplay'><ul>{links('li')}</ul></amp-sidebar>"
    carousel = f"<amp-carousel type='carousel'>{cards}</amp-carousel>"
    text = f"{ps(PARAGRAPHS[:3])}<amp-ad type='x'></amp-ad>{ps(PARAGRAPHS[3:])}"
    start = head("<style amp-boilerplate></style>")
    return Made(html=f"{start}{menu}<article><h1>{TITLE}</h1>{text}{carousel}</article>{_FOOT}")


MANNERS: tuple[Callable[[], Made], ...] = (
    live_blog,
    captions,
    read_also,
    ordered_comments,
    endless_scroll,
    paywall,
    amp,
)
