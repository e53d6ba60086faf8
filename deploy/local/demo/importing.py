"""A file with planted faults goes in: each fault is found, with its line and field, the rest is accepted."""

import csv
import io

from deploy.local.demo.people import Clerk
from deploy.local.demo.telling import Differs, expect, tell
from deploy.local.sample.files import FilledFile
from services.contracts.subsidy.registry import ImportState, ImportView


def import_and_check(clerk: Clerk, file: FilledFile) -> ImportView:
    """Import a file; every line is accounted for, and every dirty one among the rejects."""
    done = clerk.wait_for_import(clerk.upload(file.kind, file.path).import_id)
    expect(f"{file.kind}: state", done.state, ImportState.DONE)
    account = (done.total, done.accepted, done.rejected)
    promised = (file.accepted + len(file.dirty), file.accepted, len(file.dirty))
    expect(f"{file.kind}: lines, accepted, rejected", account, promised)
    if file.dirty:
        _find_the_dirty_lines(clerk, done, file)
    return done


def _find_the_dirty_lines(clerk: Clerk, done: ImportView, file: FilledFile) -> None:
    rejects = list(csv.reader(io.StringIO(clerk.rejects(done.import_id))))[1:]
    found = [(int(line), field) for line, field, *_ in rejects]
    for dirty in file.dirty:
        if (dirty.line, dirty.field) not in found and dirty.field:
            raise Differs(f"line {dirty.line}, {dirty.field} ({dirty.wrong}) is not among {found}")
        tell(f"✓ line {dirty.line} {dirty.field}: {dirty.wrong}")
    expect("the lines that were rejected", [line for line, _ in found], [d.line for d in file.dirty])
