"""A large file over a line that breaks: it costs one piece, not the file."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect

from deploy.local.sample.showcase import THE_EMPLOYER
from tests.journeys.browser import Person
from tests.journeys.steps import WHILE_WORKING, sign_in_clerk

PIECE = 8 * 1024 * 1024
LINES = 500_000
PIECES = re.compile(r"/api/v1/uploads/[^/]+/pieces")


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Months of one unit, again and again: three pieces, of which the registry takes the first lines."""
    path = tmp_path_factory.mktemp("large") / "大文件.csv"
    header = "单位编号,费款所属期,参保人数,应缴金额,实缴金额,补缴金额,免责减员人数\r\n"
    line = f"{THE_EMPLOYER},202201,1180,32935.72,32935.72,0,0\r\n"
    path.write_bytes((header + line * LINES).encode("gb18030"))
    assert 2 * PIECE < path.stat().st_size < 4 * PIECE
    return path


def choose(page: Page, file: Path) -> None:
    page.get_by_label("文件类型").select_option("contributions")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传").click()


def offsets(page: Page) -> list[str]:
    """Note where each piece that is sent begins."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if PIECES.search(request.url):
            sent.append(request.url.split("offset=")[1])

    page.on("request", note)
    return sent


@pytest.mark.usefixtures("agency")
def test_an_upload_goes_on_where_it_stopped_after_a_break_and_after_a_new_start(
    person: Callable[..., Person], large_file: Path
) -> None:
    clerk = person()
    page = clerk.page
    sign_in_clerk(clerk, "li.approver")
    clerk.open("/clerk/imports")
    broken: list[str] = []

    def break_after_the_first(route: Route) -> None:
        if "offset=0" in route.request.url:
            return route.continue_()
        broken.append(route.request.url)
        return route.abort()

    page.route(PIECES, break_after_the_first)
    choose(page, large_file)
    expect(page.get_by_text("网络中断，正在从")).to_be_visible()
    clerk.look("a broken line")
    page.reload()
    page.unroute(PIECES)
    sent = offsets(page)
    choose(page, large_file)
    expect(page.get_by_role("heading", name=large_file.name)).to_be_visible(timeout=WHILE_WORKING)
    expect(page.get_by_text("已完成")).to_be_visible(timeout=WHILE_WORKING)
    clerk.look("the whole file")
    assert broken and sent[0] == str(PIECE) and "0" not in sent
    clerk.complaints = [said for said in clerk.complaints if "ERR_FAILED" not in said]
