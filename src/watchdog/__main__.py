"""``python -m watchdog`` and the command ``watchdog``."""

from watchdog.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
