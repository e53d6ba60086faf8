"""The heavy jobs of subsidy, in a process of their own."""

from services.chassis.worker import Worker, every, job
from services.contracts.subsidy.approval import BatchApproved, BatchRequested
from services.contracts.subsidy.policy import PolicyDraftSubmitted
from services.contracts.subsidy.registry import ImportConfirmed, ImportLoaded, ImportReceived
from services.contracts.subsidy.screening import ChunkFrozen, ScreeningStarted
from services.contracts.subsidy.versions import ComparisonRequested, ImportCompared
from services.subsidy.approval import jobs as approval
from services.subsidy.quality import jobs as quality
from services.subsidy.registry import jobs as registry
from services.subsidy.screening import jobs as screening
from services.subsidy.simulation import jobs as simulation
from services.subsidy.uploads import jobs as uploads
from services.subsidy.versions import jobs as versions


class SubsidyWorker(Worker):
    """What takes longer than a caller waits."""

    name = "subsidy-worker"

    forget_uploads = every(3600.0, uploads.forget_uploads)

    on_import_received = job(ImportReceived, registry.load_import)
    on_import_confirmed = job(ImportConfirmed, registry.load_import)
    on_import_loaded = job(ImportLoaded, versions.compare_import)
    on_comparison_requested = job(ComparisonRequested, versions.compare_versions)
    on_import_compared = job(ImportCompared, quality.check_import)
    on_screening_started = job(ScreeningStarted, screening.freeze_registry)
    on_chunk_frozen = job(ChunkFrozen, screening.screen_chunk)
    on_policy_draft_submitted = job(PolicyDraftSubmitted, simulation.keep_simulation)
    on_batch_requested = job(BatchRequested, approval.fill_batch)
    on_batch_approved = job(BatchApproved, approval.make_refunds)
