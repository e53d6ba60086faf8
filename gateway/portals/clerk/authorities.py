"""数字证书机构: whose certificates are trusted, and how fresh their word on revocation is."""

import base64
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from gateway import words
from gateway.bus import ask
from gateway.forms import FAULTS, InvalidForm, filled, show
from gateway.portals.clerk.blueprint import pages
from services.contracts.errors import Missing
from services.contracts.identity.certificates import (
    AddAuthority,
    AuthorityView,
    ListAuthorities,
    RetireAuthority,
)

LARGEST_FILE = 20_000  # bytes


@pages.get("/authorities")
def authorities() -> Response:
    """List the authorities, those that count first."""
    found = ask(ListAuthorities()).authorities
    return show("clerk/authorities.html", authorities=found, problem_words=problem_words)


@pages.route("/authorities/new", methods=["GET", "POST"])
def new_authority() -> Response:
    """Trust a root, or an intermediate of a trusted root."""
    if request.method == "GET":
        return show("clerk/new_authority.html")
    try:
        added = ask(filled(AddAuthority, **_described()))
    except FAULTS as error:
        return show("clerk/new_authority.html", error)
    flash(gettext("已添加。吊销信息将在几分钟内取得。"), "success")
    return redirect(url_for(".authority", authority_id=added.authority_id), 303)


@pages.get("/authorities/<uuid:authority_id>")
def authority(authority_id: UUID) -> Response:
    """Show one authority with all that is known of it."""
    return _show(authority_id)


@pages.post("/authorities/<uuid:authority_id>/retire")
def retire_authority(authority_id: UUID) -> Response:
    """Trust it no more, after it was said what that means."""
    try:
        if "understood" not in request.form:
            raise InvalidForm(["understood"])
        ask(filled(RetireAuthority, authority_id=authority_id))
    except FAULTS as error:
        return _show(authority_id, error)
    flash(gettext("已停用，用其证书的登录即时结束。"), "success")
    return redirect(url_for(".authority", authority_id=authority_id), 303)


def problem_words(problem: str) -> str:
    """Return the words of a code; what is no code of ours is shown as it came."""
    return words.of(problem).what if problem in words.PROBLEMS else problem


def _show(authority_id: UUID, error: Exception | None = None) -> Response:
    return show("clerk/authority.html", error, one=_find(authority_id), problem_words=problem_words)


def _find(authority_id: UUID) -> AuthorityView:
    for found in ask(ListAuthorities()).authorities:
        if found.authority_id == authority_id:
            return found
    raise Missing("authority_unknown", "there is no such authority")


def _described() -> dict[str, object]:
    """Read the form: a text or a file, and lists of one a line."""
    return {
        "certificate": _certificate(),
        "crl_urls": _lines("crl_urls"),
        "ocsp_url": request.form.get("ocsp_url", "").strip() or None,
        "extractors": tuple(_extractor(line) for line in _lines("extractors")),
    }


def _certificate() -> str:
    """Return the certificate that was uploaded, or else the one that was pasted; DER as base64."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("certificate", "").strip()
    content = file.stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise InvalidForm(["certificate"])
    if b"-----BEGIN" in content:
        return content.decode("utf-8", "replace").strip()
    return content.decode().strip() if content.isascii() else base64.b64encode(content).decode()


def _lines(name: str) -> tuple[str, ...]:
    return tuple(line for text in request.form.get(name, "").splitlines() if (line := text.strip()))


def _extractor(line: str) -> dict[str, str]:
    """Read `extension:1.2.156.10260.4.1.4` or `subject:common_name`."""
    place, _, key = line.partition(":")
    return {"place": place.strip().lower(), "key": key.strip()}
