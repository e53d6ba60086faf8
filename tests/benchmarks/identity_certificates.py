"""Sign-ins by certificate a second, beside the bare check of signature, chain and revocation, in one run.

    python -m tests.benchmarks.identity_certificates [sign-ins of each kind] [--postgres]

library: the CMS, then the chain with its lists by pyhanko-certvalidator, as its documentation says.
own:     what the service calls: the same, with what the authorities have signed themselves verified once.
service: the whole sign-in, that is also the message, the challenge, revocation by look-up, the tie to the CA,
         the account, the session and its token, the trail, in one durable transaction.

Read the ratios, not the numbers.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

from pyhanko_certvalidator import CertificateValidator, ValidationContext

from deploy.local.postgres import Postgres
from services.chassis.ids import new_id
from services.contracts.identity.certificates import CertificateProof
from services.contracts.identity.sessions import SignInCertificate
from services.identity.certificates.adapters.proofs import verify
from services.identity.certificates.adapters.signatures import ALLOWED, Validator
from services.identity.certificates.adapters.trust import Trust
from services.identity.certificates.domain.authorities import Authority
from services.identity.certificates.domain.proofs import Link
from services.identity.certificates.store.authorities import list_authorities
from services.identity.sessions.handlers.by_certificate import sign_in_certificate
from tests.services.certificates import LIST, ROOT_LIST, Office, Publications
from tests.services.conftest import World

COUNT = 300
ALGORITHMS = ("rsa", "p256", "sm2")


def main(count: int, postgres: bool) -> None:
    """Measure each kind of certificate, in a database of its own."""
    for algorithm in ALGORITHMS:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            world = World(_database(stack, folder, postgres), folder)
            stack.callback(world.close)
            measure(world, algorithm, count)


def measure(world: World, algorithm: str, count: int) -> None:
    """Print both rates and their ratio."""
    net = Publications()
    office = Office(world, net.serve(Patches()), algorithm).open()
    holder = office.employer()
    challenges = [office.challenge() for _ in range(count)]
    proofs = [office.proof(holder, challenge) for challenge in challenges]
    with world.job("identity").read() as uow:
        authorities = list_authorities(uow)
    trust = Trust(authorities)
    texts = iter(challenge.text for challenge in challenges)
    bare = rate(proofs, lambda proof: verify(proof, next(texts), trust, world.now))
    executor = world.executor("identity")

    def sign_in(proof: CertificateProof) -> object:
        body = SignInCertificate(id=new_id(), proof=proof, agreement="2023-01").to_wire()
        return executor.command(SignInCertificate, body, sign_in_certificate, None)

    service = rate(proofs, sign_in)
    texts = iter(challenge.text for challenge in challenges)
    library = LibraryTrust(office, authorities[0])
    peer = rate(proofs, lambda proof: verify(proof, next(texts), library, world.now))
    told = f"library {peer:5.0f}/s   own {bare:5.0f}/s   service {service:5.0f}/s"
    ratios = f"{service / peer:.2f} of the library, {service / bare:.2f} of our own"
    print(f"{algorithm:5} {told}   service: {ratios}", flush=True)


def rate(proofs: Sequence[CertificateProof], act: Callable[[CertificateProof], object]) -> float:
    """Do it with each proof; return how often it was done in a second. The first ones warm up."""
    warm, measured = proofs[: len(proofs) // 10], proofs[len(proofs) // 10 :]
    for proof in warm:
        act(proof)
    began = time.perf_counter()
    for proof in measured:
        act(proof)
    return len(measured) / (time.perf_counter() - began)


class LibraryTrust:
    """The chain as the library checks it: roots, intermediates and lists in, path and revocation out."""

    def __init__(self, office: Office, issuer: Authority) -> None:
        self._roots, self._others = [office.root.certificate], [office.middle.certificate]
        self._lists = [office.net.lists[url] for url in (ROOT_LIST, LIST)]
        self._issuer = issuer

    def path_of(self, certificate: Any, *, at: datetime) -> tuple[Authority, tuple[Link, ...]]:
        """Return who issued a certificate; ValidationError when its path is wrong or revoked."""
        context = ValidationContext(
            trust_roots=self._roots,
            other_certs=self._others,
            crls=self._lists,
            moment=at,
            allow_fetching=False,
            revocation_mode="require",
            signature_validator=Validator(),
            algorithm_usage_policy=ALLOWED,
        )
        validator = CertificateValidator(certificate, validation_context=context)
        asyncio.run(validator.async_validate_path())
        return self._issuer, ()


class Patches:
    """Set attributes for as long as this process lives."""

    def setattr(self, target: Any, name: str, value: Any) -> None:
        """Set one."""
        setattr(target, name, value)


def _database(stack: ExitStack, folder: Path, postgres: bool) -> Callable[[str], str]:
    if not postgres:
        return lambda service: f"sqlite:///{folder}/{service}.db"
    server = Postgres(folder / "postgres")
    stack.callback(server.stop)
    server.start()
    made = {"identity": server.create_database("identity")}
    return made.__getitem__


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    main(numbers[0] if numbers else COUNT, "--postgres" in sys.argv)
