"""The gateway in one process, with a bus that remembers. Nothing here listens on a port."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI

from gateway.app import TRANSLATIONS, create_app
from gateway.auth import COOKIE
from gateway.settings import GatewaySettings
from services.chassis.blobstore import BlobStore
from services.contracts.values import Actor, Post
from tests import people
from tests.gateway.bus import FakeBus


def settings(**changes: Any) -> GatewaySettings:
    """Return the settings of a development machine."""
    values = {
        "environment": "development",
        "broker_url": "amqp://127.0.0.1:1//",
        "session_public_key": people.PUBLIC_KEY,
        "blobs": "file:///nowhere",
        "secret_key": "a-secret-of-tests-and-of-nothing-else",
        "url": "http://localhost",
        "push_url": "http://127.0.0.1:8001",
        "log_level": "WARNING",
    }
    return GatewaySettings(**{**values, **changes})


@pytest.fixture
def bus() -> FakeBus:
    """Return the bus of the test."""
    return FakeBus()


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """Return a blob store in a folder."""
    return BlobStore.at((tmp_path / "blobs").as_uri())


@pytest.fixture(scope="session")
def translations(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compile the catalogue as the set-up does, but into a folder of the tests."""
    folder = tmp_path_factory.mktemp("translations") / "en/LC_MESSAGES"
    folder.mkdir(parents=True)
    with open(Path(TRANSLATIONS) / "en/LC_MESSAGES/messages.po", "rb") as source:
        catalogue = read_po(source, locale="en")
    with open(folder / "messages.mo", "wb") as target:
        write_mo(target, catalogue)
    return str(folder.parent.parent)


@pytest.fixture
def make_app(bus: FakeBus, blobs: BlobStore, translations: str) -> Callable[..., OpenAPI]:
    """Return a function that puts the gateway together with some settings changed."""
    return lambda **changes: create_app(settings(**changes), bus, blobs, translations)


@pytest.fixture
def app(make_app: Callable[..., OpenAPI]) -> OpenAPI:
    """Return the gateway of a development machine."""
    return make_app()


class Browser:
    """A test client that fills in forms like a browser: with the hidden fields of the page it last saw."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = ""

    def sign_in(self, actor: Actor, lifetime: float = 60) -> None:
        """Hold a session, as if signed in a moment ago."""
        self.client.set_cookie(COOKIE, people.session(actor, lifetime))

    def get(self, address: str, **kwargs: Any) -> Any:
        """Look at a page."""
        response = self.client.get(address, **kwargs)
        self.page = response.get_data(as_text=True) if response.mimetype == "text/html" else self.page
        return response

    def post(self, address: str, **fields: Any) -> Any:
        """Send a form of the last page, with its hidden fields."""
        response = self.client.post(address, data={**self.hidden(), **fields})
        if response.mimetype == "text/html" and response.status_code != 303:
            self.page = response.get_data(as_text=True)
        return response

    def hidden(self) -> dict[str, str]:
        """Return the hidden fields of the last page; of several forms the last one's."""
        found = re.findall(r'<input type="hidden" name="(\w+)"(?: id="\w+")? value="([^"]*)"', self.page)
        return dict(found)


@pytest.fixture
def browser(app: OpenAPI) -> Iterator[Browser]:
    """Return a browser that nobody has signed in with."""
    with app.test_client() as client:
        yield Browser(client)


@pytest.fixture
def employer(browser: Browser) -> Browser:
    """Return the browser of an employer."""
    browser.sign_in(people.EMPLOYER)
    return browser


@pytest.fixture
def clerk(browser: Browser) -> Browser:
    """Return the browser of a clerk with all posts."""
    browser.sign_in(people.clerk(*Post))
    return browser


@pytest.fixture
def administrator(browser: Browser) -> Browser:
    """Return the browser of an administrator whose account is root."""
    browser.sign_in(people.clerk(Post.ADMINISTRATOR, id="clerk:root"))
    return browser
