"""The eyes of the journeys are open: what is broken on purpose is complained about."""

from playwright.sync_api import Browser, Error

from deploy.local.house import House
from tests.journeys.browser import PHONE, Person

BREAK = """() => {
  document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="/static/emblem.svg">');
  document.querySelector('main').insertAdjacentHTML('beforeend', '<table><tr></tr></table>');
  const cell = document.querySelector('main table tr').insertCell();
  for (let count = 0; count < 200; count++) cell.append('wide\\u00a0');
  console.error('broken on purpose');
  setTimeout(() => { throw new Error('thrown on purpose') });
}"""


def test_what_is_broken_on_purpose_is_complained_about(browser: Browser, house: House) -> None:
    somebody = Person(browser, house.gateway_url, "guards", size=PHONE)
    somebody.open("/help")
    assert somebody.complaints == []
    somebody.page.evaluate(BREAK)
    somebody.look("broken")
    try:
        somebody.open("http://outside.invalid/")
    except Error:
        pass  # there is no way out
    somebody.leave()
    told = "\n".join(somebody.complaints)
    expected = ("image-alt", "px wide", "broken on purpose", "thrown on purpose", "to the outside")
    assert [words for words in expected if words not in told] == []
