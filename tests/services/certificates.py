"""A certification authority with its two levels, employers with UKs, and what they do at the door."""

import base64
import functools
from dataclasses import replace
from datetime import timedelta
from typing import Any

from deploy.local.uk import pki
from deploy.local.uk.pki import Form, Holder
from services.chassis.ids import new_id
from services.contracts.errors import Problem
from services.contracts.identity.certificates import (
    AddAuthority,
    AuthorityView,
    CertificateProof,
    ChallengeView,
    IssueChallenge,
    ListAuthorities,
)
from services.contracts.values import Post
from services.identity.certificates import jobs
from services.identity.certificates.adapters import http
from services.identity.certificates.adapters.http import Unusable
from services.identity.certificates.steps import use_proof
from tests.people import CODE, clerk
from tests.services.conftest import NOW

ADMINISTRATOR = clerk(Post.ADMINISTRATOR, id="admin")
ORIGIN, BINDING = "http://127.0.0.1:8000", "ab" * 32
UNIT_NAME = "巩义市恒远精密制造有限公司"
ROOT_LIST, LIST = "http://ca.test/root.crl", "http://ca.test/middle.crl"
RESPONDER = "http://ca.test/ocsp"


@functools.cache
def key(algorithm: Any, number: int = 0) -> pki.Key:
    """Return a key; the same each time, for RSA keys are long in the making."""
    return pki.generate_key(algorithm)


class Publications:
    """What the authorities have on their servers: bytes by URL, or what a responder does."""

    def __init__(self) -> None:
        self.lists: dict[str, bytes] = {}
        self.answer: Any = None
        self.asked: list[str] = []

    def fetch_list(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.lists:
            raise Unusable(problem="revocation_unreachable")
        return self.lists[url]

    def ask_responder(self, url: str, request: bytes) -> bytes:
        self.asked.append(url)
        if self.answer is None:
            raise Unusable(problem="revocation_unreachable")
        answer: bytes = self.answer(pki.asked_serial(request))
        return answer

    def serve(self, monkeypatch: Any) -> "Publications":
        """Be the network of this test."""
        monkeypatch.setattr(http, "fetch_list", self.fetch_list)
        monkeypatch.setattr(http, "ask_responder", self.ask_responder)
        return self


class Office:
    """An authority of one kind: a root, an issuing one under it, both trusted, with fresh lists."""

    def __init__(self, world: Any, net: Publications, algorithm: Any, name: str = "示例") -> None:
        self.world, self.net, self.algorithm, self.number = world, net, algorithm, 1
        valid = pki.validity(NOW - timedelta(days=365), days=3650)
        self.root = pki.make_root(algorithm, f"{name}根证书", valid, key=key(algorithm, 1))
        self.middle = pki.make_intermediate(self.root, f"{name}签发证书", valid, key=key(algorithm, 2))

    def open(self) -> "Office":
        """Publish lists, be trusted, and have the lists fetched."""
        self.publish()
        self.trust(self.root, crl_urls=(ROOT_LIST,))
        self.trust(self.middle, crl_urls=(LIST,))
        self.refresh()
        return self

    def publish(self, *revoked: Holder, **options: Any) -> None:
        """Put newer lists on the server."""
        self.number += 1
        options = {"number": self.number, **options}
        serials = [holder.serial for holder in revoked]
        self.net.lists[ROOT_LIST] = pki.make_crl(self.root, serials, self.world.now, **options)
        self.net.lists[LIST] = pki.make_crl(self.middle, serials, self.world.now, **options)

    def refresh(self) -> None:
        """Let the periodic work run."""
        self.world.sweep("identity", jobs.refresh_revocations)

    def trust(self, holder: Holder, by: Any = ADMINISTRATOR, **options: Any) -> AuthorityView:
        """An administrator trusts a CA."""
        view: AuthorityView = self.world.ask(
            AddAuthority(id=new_id(), certificate=holder.pem, **options), by=by
        )
        return view

    def authority(self, holder: Holder) -> AuthorityView:
        """Look an authority up."""
        view = self.world.ask(ListAuthorities(), by=ADMINISTRATOR)
        [found] = [item for item in view.authorities if item.sha256 == holder.certificate.sha256.hex()]
        return found

    def employer(self, code: str = CODE, number: int = 3, **options: Any) -> Holder:
        """Issue a certificate to an employer."""
        valid = options.pop("valid", pki.validity(self.world.now))
        issuer = options.pop("issuer", self.middle)
        return pki.make_employer(
            issuer, code, UNIT_NAME, valid, **{"key": key(self.algorithm, number), **options}
        )

    def challenge(self, origin: str = ORIGIN, binding: str = BINDING) -> ChallengeView:
        """Ask for a challenge."""
        view: ChallengeView = self.world.ask(IssueChallenge(id=new_id(), origin=origin, binding=binding))
        return view

    def proof(self, signer: Holder, challenge: ChallengeView | None = None, **form: Any) -> CertificateProof:
        """Sign a challenge as CMS."""
        challenge = challenge or self.challenge()
        return sealed(challenge, pki.make_cms(challenge.text.encode(), signer, Form(**form)))

    def bare_proof(self, signer: Holder, challenge: ChallengeView | None = None) -> CertificateProof:
        """Sign a challenge as P1."""
        challenge = challenge or self.challenge()
        proof = sealed(challenge, pki.sign_bare(challenge.text.encode(), signer))
        certificate = base64.b64encode(signer.der).decode()
        return proof.model_copy(update={"form": "p1", "certificate": certificate})

    def use(self, proof: CertificateProof) -> Any:
        """Come with a proof; return what it certifies, or the code of the refusal."""
        with self.world.job("identity").unit_of_work() as uow:
            answer = use_proof(uow, proof)
        return answer.code if isinstance(answer, Problem) else answer

    def refusal(self, proof: CertificateProof) -> Problem:
        """Come with a proof that is refused."""
        with self.world.job("identity").unit_of_work() as uow:
            answer = use_proof(uow, proof)
        assert isinstance(answer, Problem)
        return answer


def sealed(challenge: ChallengeView, signature: bytes, binding: str = BINDING) -> CertificateProof:
    """Return a proof with any signature."""
    return CertificateProof(
        challenge_id=challenge.challenge_id,
        binding=binding,
        signature=base64.b64encode(signature).decode(),
    )


def with_key(holder: Holder, other: pki.Key) -> Holder:
    """Return somebody's certificate in the hands of another."""
    return replace(holder, key=other)
