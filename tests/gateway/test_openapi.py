"""The API keeps what its description promises, whatever is sent: found out by trying many things."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.app import create_app
from gateway.auth import COOKIE
from services.chassis.blobstore import BlobStore
from services.contracts.archive import ListSlips, SlipsView, SlipView
from services.contracts.subsidy.registry import GetImport, ImportView
from services.contracts.values import Post
from tests import people
from tests.gateway.bus import FakeBus, example
from tests.gateway.conftest import settings as gateway_settings

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "8"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def make_gateway() -> Any:
    """Return a gateway whose bus and blobs answer everything; the blobs go when the tests end."""
    folder = tempfile.mkdtemp(prefix="wengang-blobs-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    blobs, bus = BlobStore.at(Path(folder).as_uri()), FakeBus()
    bus.answers[ListSlips] = SlipsView(slips=(example(SlipView, pdf=blobs.put("slips", b"%PDF-1.7")),))
    bus.answers[GetImport] = example(
        ImportView, rejects=(ref := blobs.put("rejects", b"line,reason")), rejected_lines=ref
    )
    return create_app(gateway_settings(), bus, blobs)


schema = schemathesis.openapi.from_wsgi("/api/openapi.json", make_gateway())


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_its_description(case: Any) -> None:
    case.call_and_validate(cookies={COOKIE: people.session(people.clerk(*Post))}, checks=CHECKS)
