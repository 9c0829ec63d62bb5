"""The recording that ``watchdog demo`` plays, with its sources and watchlist; ``tools/make_demo.py`` builds it."""
