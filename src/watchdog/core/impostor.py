"""What an HTML page is that came in place of a feed, in words."""

from __future__ import annotations

import html
import re

_START = 200_000
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_PASSWORD = re.compile(r"<input[^>]{0,500}type\s{0,9}=\s{0,9}[\"']?password", re.IGNORECASE)
#: Words of the gates that want to see a browser: Cloudflare, DDoS-Guard, Imperva, Anubis, hCaptcha and reCAPTCHA.
_GATE = re.compile(
    r"cf-chl|/cdn-cgi/challenge-platform|just a moment\.\.\.|ddos-guard|_incapsula_resource|anubis_challenge"
    r"|h-captcha|g-recaptcha|checking your browser",
    re.IGNORECASE,
)


def describe_page(text: str) -> str:
    """``a login page, “Sign in”, where a feed was expected``."""
    start = text[:_START]
    if _PASSWORD.search(start):
        what = "a login page"
    elif _GATE.search(start):
        what = "a gate that wants to see a browser"
    else:
        what = "an HTML page"
    title = _TITLE.search(start)
    words = " ".join(html.unescape(title[1]).split())[:100] if title else ""
    return f"{what}, “{words}”, where a feed was expected" if words else f"{what}, where a feed was expected"
