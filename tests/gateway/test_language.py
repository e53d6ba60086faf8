"""zh-CN first, English complete: every word of the pages and every problem has both."""

import re
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from gateway import words
from gateway.app import TRANSLATIONS
from tests import people
from tests.gateway.conftest import Browser

GATEWAY = Path(TRANSLATIONS).parent
SERVICES = GATEWAY.parent / "services"
RAISED = re.compile(r'\b(?:Refused|Missing|Forbidden|Conflict|Unreadable|PolicyFault)\(\s*"([a-z_]+)"')
KEPT = re.compile(r'\b(?:code|problem)="([a-z_]+)"')
ANSWERED = re.compile(r'\banswer\(\d+, "([a-z_]+)"')
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def codes_of(folder: Path) -> set[str]:
    """Return every code of a problem that the sources of a folder spell out."""
    # The codes of the catalogue are businesses.
    sources = [path for path in folder.rglob("*.py") if path.name != "catalogue.py"]
    texts = [path.read_text("utf-8") for path in sources]
    return {code for text in texts for pattern in (RAISED, KEPT, ANSWERED) for code in pattern.findall(text)}


def test_every_problem_has_words_that_say_what_to_do_next() -> None:
    codes = codes_of(SERVICES) | codes_of(GATEWAY)
    assert len(codes) > 50
    assert not codes - set(words.PROBLEMS)
    for code, entry in words.PROBLEMS.items():
        assert all(entry.zh) and all(entry.en), code
        assert not CHINESE.search("".join(entry.en)), code


def test_the_reasons_for_which_a_snapshot_cannot_be_taken_have_words() -> None:
    text = (SERVICES / "subsidy/screening/jobs.py").read_text("utf-8")
    codes = set(re.findall(r'return "(no_[a-z_]+)"', text))
    assert codes and codes <= set(words.PROBLEMS)


def test_every_text_of_the_pages_is_translated(tmp_path: Path) -> None:
    template = tmp_path / "messages.pot"
    configuration = GATEWAY / "translations/babel.cfg"
    extract = ["-q", "extract", "-F", str(configuration), "-k", "_l", "-o", str(template), "."]
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", *extract],
        cwd=GATEWAY,
        check=True,
        capture_output=True,
    )
    with open(template, "rb") as pot, open(GATEWAY / "translations/en/LC_MESSAGES/messages.po", "rb") as po:
        needed = {message.id for message in read_po(pot) if message.id}
        english = {message.id: message.string for message in read_po(po, locale="en") if message.id}
    assert len(needed) > 300
    assert {text for text in needed if not english.get(text)} == set()
    assert set(english) - needed == set(), "texts that no page uses any more"
    for text, translated in english.items():
        assert set(re.findall(r"%\(\w+\)s", text)) == set(re.findall(r"%\(\w+\)s", translated)), text


def test_templates_hold_no_chinese_outside_gettext() -> None:
    for path in (GATEWAY / "templates").rglob("*.html"):
        bare = re.sub(r"_\('[^']*'|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        assert not CHINESE.search(bare), (path.name, CHINESE.findall(bare))


def test_pages_are_chinese_unless_english_is_chosen(browser: Browser) -> None:
    page = browser.get("/employer/login", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-CN">' in page
    assert "统一社会信用代码" in page
    response = browser.get("/language/en?next=/employer/login")
    assert response.headers["Location"] == "/employer/login"
    page = browser.get("/employer/login").text
    assert '<html lang="en">' in page
    assert "Unified social credit code" in page


def test_an_english_page_has_no_chinese_but_names(browser: Browser) -> None:
    browser.get("/language/en")
    for address in (
        "/",
        "/help",
        "/privacy",
        "/verify",
        "/employer/login",
        "/employer/login?by=certificate",
        "/employer/login?picture=none",
        "/employer/register",
        "/employer/forgotten",
        f"/employer/administrator?credit_code={people.CODE}",
        "/personal/login",
        "/personal/register",
        "/personal/registered",
        "/personal/forgotten",
        "/clerk/login",
    ):
        page = browser.get(address).text.replace("社会保障网上服务平台", "").replace(">中文</a>", "")
        assert not CHINESE.search(page), (address, CHINESE.findall(page))


def test_choosing_a_language_never_leads_to_another_site(browser: Browser) -> None:
    assert browser.get("/language/en?next=//evil.example/").headers["Location"] == "/"


def test_the_api_speaks_the_language_of_its_caller(browser: Browser) -> None:
    chinese = browser.get("/api/v1/nowhere").json
    english = browser.get("/api/v1/nowhere", headers={"Accept-Language": "en-GB,en;q=0.9"}).json
    assert (chinese["title"], english["title"]) == ("没有这个页面。", "There is no such page.")
