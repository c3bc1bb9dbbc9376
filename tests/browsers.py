"""What tests in a browser share: Debian's Chromium without a network, two sizes of screen, where pictures go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

__all__ = ["CHROMIUM", "DESKTOP", "PHONE", "PICTURES", "chromium", "open_context", "wait_until"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESKTOP = (390, 844), (1300, 860)
PATIENCE_MS = 120_000
"""Only what never comes is waited for so long; on a busy machine, a page may take its time."""
STEP_MS = 50
expect.set_options(timeout=PATIENCE_MS)
PICTURES = Path(__file__).parent / "screenshots"
"""Kept to be looked at, not compared; ignored by git."""


@contextmanager
def chromium(*, reaching: str = "") -> Iterator[Browser]:
    """Start a browser that finds no host but, if one is given, an address of this machine."""
    PICTURES.mkdir(exist_ok=True)
    hosts = "--host-resolver-rules=MAP * ~NOTFOUND" + (f", EXCLUDE {reaching}" if reaching else "")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, hosts])
        yield started
        started.close()


def open_context(browser: Browser, size: tuple[int, int], *, dark: bool) -> BrowserContext:
    """Open a window of a size; one of a phone is touched."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression is true of a page.

    Playwright's own `wait_for_function` asks again from within the page, where its policy lets no text be run.
    """
    for _ in range(PATIENCE_MS // STEP_MS):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(STEP_MS)
    msg = f"never true: {condition}"
    raise AssertionError(msg)
