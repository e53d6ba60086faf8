"""What the CA of development keeps in its folder: keys, what it has issued, what it has revoked.

<authority>.json                  certificate and key, of rsa-root, rsa, p256-root, p256, sm2-root, sm2
issued/<authority>/<serial>.crt.pem
revoked.json                      serial numbers, hex
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.uk.pki import (
    ALGORITHMS,
    Algorithm,
    Holder,
    Validity,
    credit_code_extension,
    dump_holder,
    load_holder,
    make_crl,
    make_end,
    make_intermediate,
    make_ocsp,
    make_root,
    name,
)
from deploy.local.uk.pki_revocation import Status
from deploy.local.uk.token import read_certificate, write_whole

ALWAYS = Validity(datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))  # rehearsals included
LABELS: dict[Algorithm, str] = {"rsa": "RSA", "p256": "P-256", "sm2": "SM2"}
# Each writes the credit code into another place, as the CAs of the country do.
EXTRACTORS: dict[Algorithm, dict[str, str]] = {
    "rsa": {"place": "subject", "key": "common_name"},
    "p256": {"place": "subject", "key": "organizational_unit_name"},
    "sm2": {"place": "extension", "key": "1.2.156.10260.4.1.4"},
}


@dataclass(frozen=True)
class Books:
    """The CA in a folder."""

    folder: Path

    @classmethod
    def open(cls, folder: Path) -> "Books":
        """Return the CA of a folder; its keys are made the first time."""
        books = cls(folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with books._alone():
            for algorithm in ALGORITHMS:
                if not (folder / f"{algorithm}.json").exists():
                    books._make(algorithm)
        return books

    def names(self) -> list[str]:
        """Return the authorities, each root before its intermediate."""
        return [authority for algorithm in ALGORITHMS for authority in (f"{algorithm}-root", algorithm)]

    def holder(self, authority: str) -> Holder:
        """Return an authority's certificate and key."""
        return load_holder(json.loads((self.folder / f"{authority}.json").read_text()))

    def issue(self, algorithm: Algorithm, *, credit_code: str, unit_name: str) -> Holder:
        """Return a new certificate of an employer, and its key."""
        words = {"common_name": unit_name, "organization_name": unit_name}
        extensions = []
        match algorithm:
            case "rsa":
                words["common_name"] = f"041@N{credit_code}@{unit_name}@00000001"
            case "p256":
                words["organizational_unit_name"] = credit_code
            case "sm2":
                extensions.append(credit_code_extension(credit_code))
        made = make_end(self.holder(algorithm), name(**words), ALWAYS, extensions=extensions)
        self._record(algorithm, made)
        return made

    def trust_orders(self, url: str) -> dict[str, dict[str, Any]]:
        """Return for each authority what whoever trusts it must know, in the form of AddAuthority; `url` is
        where this CA is met."""
        return {
            authority: {
                "certificate": self.holder(authority).pem,
                "crl_urls": [f"{url}/{authority}.crl"],
                "ocsp_url": f"{url}/ocsp/{authority}",
                "extractors": [EXTRACTORS[authority]] if authority in ALGORITHMS else [],
            }
            for authority in self.names()
        }

    # what counts no more

    def revoke(self, serial: int) -> None:
        """Let a certificate count no more; KeyError when none was issued with this number."""
        with self._alone():
            if serial not in {issued.serial_number for _, issued in self._issued()}:
                raise KeyError(serial)
            revoked = sorted({*self._revoked(), serial})
            write_whole(self.folder / "revoked.json", json.dumps([f"{number:x}" for number in revoked]))

    def revoked_list(self, authority: str, at: datetime) -> bytes:
        """Return a CRL (DER), good for a day. Its number grows with the time."""
        at = _whole_second(at)
        serials = self._serials(authority) & self._revoked()
        return make_crl(self.holder(authority), sorted(serials), at, number=int(at.timestamp()))

    def answer(self, authority: str, serial: int, at: datetime) -> bytes:
        """Return an answer of OCSP (DER) about a certificate."""
        known = serial in self._serials(authority)
        status: Status = "unknown" if not known else "revoked" if serial in self._revoked() else "good"
        return make_ocsp(self.holder(authority), serial, _whole_second(at), status=status)

    def issued_lines(self) -> Iterator[str]:
        """Yield serial number, authority, state, subject of each certificate."""
        revoked = self._revoked()
        for authority, certificate in self._issued():
            state = "revoked" if certificate.serial_number in revoked else "good"
            subject = certificate.subject.human_friendly
            yield f"{certificate.serial_number:x}\t{authority}\t{state}\t{subject}"

    def _make(self, algorithm: Algorithm) -> None:
        label = LABELS[algorithm]
        root = make_root(algorithm, f"稳岗开发测试 {label} 根证书", ALWAYS)
        middle = make_intermediate(root, f"稳岗开发测试 {label} 单位证书签发", ALWAYS, path_length=0)
        self._record(f"{algorithm}-root", middle)
        for authority, holder in ((f"{algorithm}-root", root), (algorithm, middle)):
            write_whole(self.folder / f"{authority}.json", json.dumps(dump_holder(holder)))

    def _record(self, authority: str, made: Holder) -> None:
        folder = self.folder / "issued" / authority
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{made.serial:x}.crt.pem", made.pem)

    def _issued(self) -> Iterator[tuple[str, Any]]:
        for path in sorted(self.folder.glob("issued/*/*.crt.pem")):
            yield path.parent.name, read_certificate(path)

    def _serials(self, authority: str) -> set[int]:
        files = (self.folder / "issued" / authority).glob("*.crt.pem")
        return {int(path.name.removesuffix(".crt.pem"), 16) for path in files}

    def _revoked(self) -> set[int]:
        path = self.folder / "revoked.json"
        return {int(serial, 16) for serial in json.loads(path.read_text())} if path.exists() else set()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with open(self.folder / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _whole_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
