"""数字证书机构: whose certificates are trusted; and the release of an employer from its one."""

from flask import Response

from gateway.api.messages import body_of, command, only, reply, room
from gateway.bus import ask
from services.contracts.identity.certificates import (
    AddAuthority,
    AuthoritiesView,
    AuthorityView,
    ListAuthorities,
    ReleaseCertificate,
    RetireAuthority,
)
from services.contracts.identity.fields import DoneView

api = room("authorities")

AuthorityPath = only(RetireAuthority, "authority_id")
AddAuthorityBody = body_of(AddAuthority)
RetireAuthorityBody = body_of(RetireAuthority, "authority_id")
ReleaseCertificateBody = body_of(ReleaseCertificate)


@api.get("/authorities", responses={200: AuthoritiesView})
def list_authorities(query: ListAuthorities) -> Response:
    """Show the authorities, and how fresh their word on revocation is (administrator, auditor)."""
    return reply(ask(query))


@api.post("/authorities", responses={201: AuthorityView})
def add_authority(body: AddAuthorityBody) -> Response:
    """Trust a root, or an intermediate of a trusted root."""
    return reply(ask(command(AddAuthority, body)), 201)


@api.post("/authorities/<uuid:authority_id>/retirement", responses={200: AuthorityView})
def retire_authority(path: AuthorityPath, body: RetireAuthorityBody) -> Response:
    """Trust an authority no more; its sign-ins end."""
    return reply(ask(command(RetireAuthority, path, body)))


@api.post("/certificate-releases", responses={200: DoneView})
def release_certificate(body: ReleaseCertificateBody) -> Response:
    """证书解绑: let an employer come with a certificate of another authority (reception post)."""
    return reply(ask(command(ReleaseCertificate, body)))
