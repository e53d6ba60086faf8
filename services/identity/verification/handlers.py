"""Issue picture codes, sweep codes away. Chance enters here."""

import secrets

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Job, UnitOfWork
from services.contracts.identity.verification import IssuePictureCode, PictureCodeView
from services.contracts.values import PictureId
from services.identity.verification import domain, store
from services.identity.verification.adapters.pictures import draw_png_base64
from services.identity.verification.steps import picture_hash

SWEEP = 500


def issue_picture_code(uow: UnitOfWork, command: IssuePictureCode) -> PictureCodeView:
    """Make a picture; its answer is told in development only."""
    text = "".join(secrets.choice(domain.PICTURE_CHARACTERS) for _ in range(domain.PICTURE_LENGTH))
    picture_id = PictureId(new_id())
    store.add_picture_code(
        uow, picture_id=picture_id, text_hash=picture_hash(picture_id, text), issued_at=uow.now
    )
    answer = text if uow.settings.environment == "development" else None
    return PictureCodeView(picture_id=picture_id, png_base64=draw_png_base64(text), answer=answer)


def sweep_codes(job: Job) -> None:
    """Delete what has expired, in small batches."""
    deleted = SWEEP
    while deleted >= SWEEP:
        with job.unit_of_work() as uow:
            deleted = store.delete_codes(uow, issued_before=uow.now - domain.GOOD_FOR, limit=SWEEP)
            deleted += store.delete_quotas(uow, before=domain.shanghai_day(uow.now), limit=SWEEP)
