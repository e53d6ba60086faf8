"""One story, told by every golden example: the manual's own employer gets its refund in autumn 2023.

A value is looked up as `Message.field`, then as `field`. A message within a message is told in its turn.
"""

import types
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from services.contracts.base import Message

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
REJECTS = {"key": "rejects/0d/0d4b7c.csv", "sha256": SHA, "size": 412}
EMPLOYER = {
    "id": "employer:91410181170508042W",
    "kind": "employer",
    "name": "张敏",
    "employer": "91410181170508042W",
    "certificate": False,
    "posts": [],
    "region": "",
}
DOCUMENTS = ["国办发〔2023〕11号", "豫政办〔2023〕29号", "豫人社办〔2023〕71号", "人社部发〔2019〕23号"]


def _id(number: int) -> str:
    return f"018a91b2-7c40-7000-8000-{number:012d}"


STORY: dict[str, Any] = {
    # who
    "account": "wg1:gAAAAABlAm2s-263707101046",
    "SignInClerk.account": "gongyi-hall",
    "account_masked": "****1046",
    "account_name": "巩义市恒远精密制造有限公司",
    "actor": EMPLOYER,
    "agreement": "2023-01",
    "bank": "中国银行",
    "by": "李强",
    "checker": "王丽",
    "contact": "张敏",
    "credit_code": "91410181170508042W",
    "credit_code_masked": "91410**********42W",
    "employer": "91410181170508042W",
    "employers": ["91410181170508042W"],
    "handler": "张敏",
    "handler_name": "张敏",
    "handler_phone": "19903700001",
    "handler_phone_masked": "199****0001",
    "headcount": 1180,
    "maker": "李强",
    "password": "Song-Shan-2023",
    "phone": "wg1:gAAAAABlAm2s-19903700001",
    "ListOutboxSms.phone": "19903700001",
    "OutboxSmsView.phone": "19903700001",
    "RegisterAdministrator.phone": "19903700001",
    "RegisterEmployer.phone": "19903700001",
    "RequestSmsCode.phone": "19903700001",
    "phone_masked": "199****0001",
    "region": "410181",
    "token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJlbXBsb3llcjo5MTQxMDE4MTE3MDUwODA0MlcifQ.c2lnbmF0dXJl",
    "unit_name": "巩义市恒远精密制造有限公司",
    "unit_no": "410181000327",
    # when (UTC; 2023-09-14 in Shanghai)
    "accepted_at": "2023-09-14T01:02:00Z",
    "answered_at": "2023-09-14T02:30:00Z",
    "archived_at": "2023-09-14T02:30:02Z",
    "at": "2023-09-14T02:30:00Z",
    "checked_at": "2023-09-14T01:40:00Z",
    "chosen_at": "2023-09-14T02:30:00Z",
    "created_at": "2023-09-14T01:41:00Z",
    "deadline": "2023-12-31",
    "done_at": "2023-09-14T02:30:01Z",
    "expires_at": "2023-09-14T02:01:00Z",
    "finished_at": "2023-09-14T01:20:00Z",
    "in_force_at": "2023-06-30T16:00:00Z",
    "made_at": "2023-09-14T01:35:00Z",
    "noticed_at": None,
    "opened_at": "2023-09-14T02:20:00Z",
    "published_at": "2023-09-14T03:00:00Z",
    "raised_at": "2023-09-14T01:40:30Z",
    "readable_at": "2023-09-14T02:20:10Z",
    "received_at": "2023-09-14T01:10:00Z",
    "saved_at": "2023-09-14T02:25:00Z",
    "sent_at": "2023-09-14T01:41:01Z",
    "started_at": "2023-09-14T01:15:00Z",
    # how much
    "amount": 23713715,
    "accepted": 119998,
    "base": 79045717,
    "base_year": 2022,
    "chunk": 0,
    "chunks": 1,
    "chunks_done": 1,
    "count": 1,
    "eligible": 3612,
    "failed": 0,
    "ineligible": 1101,
    "layoff_rate": 0,
    "left_out": 0,
    "ListBatchItems.left_out": False,
    "limit": 50,
    "max_amount": None,
    "min_amount": 1,
    "parameters": {"layoff_limit": 550, "ratio_large": 3000, "ratio_small": 6000},
    "policy_version": 1,
    "programme_year": 2023,
    "ratio": 3000,
    "refunds_made": 1,
    "rejected": 2,
    "resend_after_seconds": 60,
    "revision": 1,
    "size": 4194304,
    "submitted": 1,
    "succeeded": 1,
    "SubmittedItem.succeeded": True,
    "total": 120000,
    "units": 5000,
    "unknown": 287,
    "valid_minutes": 5,
    "waived": 0,
    # which
    "after": "410181000326",
    "batch_id": _id(5),
    "blob": {"key": "imports/01/018a91b2.csv", "sha256": SHA, "size": 4194304},
    "id": _id(1),
    "import_id": _id(2),
    "next_after": None,
    "notice_id": _id(9),
    "number": "WGFH-2023-41018100000001",
    "BatchView.number": "WGPC-2023-0001",
    "NoticeView.number": "WGGS-2023-0001",
    "RefundsNoticed.number": "WGGS-2023-0001",
    "picture_id": _id(3),
    "prompt_id": _id(7),
    "reading_id": _id(10),
    "refund_id": _id(6),
    "refund_ids": [_id(6)],
    "screening_id": _id(4),
    "sms_id": _id(8),
    "todo_id": _id(11),
    "todo_ids": [_id(11)],
    # what
    "agreed": True,
    "answer": "8K3P",
    "bit": 1,
    "business": "refund_confirmation",
    "check_code": "9F86D081884C7D65",
    "choice": "confirmed",
    "clause": "豫人社办〔2023〕71号 一（二）",
    "code": "layoff_rate",
    "SmsCodeIssued.code": "wg1:gAAAAABlAm2s-135790",
    "SubmittedItem.code": None,
    "derivation_en": "790,457.17 × 30 % = 237,137.15 yuan, half up",
    "derivation_zh": "790,457.17 元 × 30% = 237,137.15 元（四舍五入到分）",
    "digest": SHA,
    "documents": DOCUMENTS,
    "en": "layoff rate 0 % is at most 5.5 %",
    "facts": {"headcount_start": 1175, "headcount_end": 1180, "size_class": "large", "exempt": 0},
    "filename": "contributions.csv",
    "find": "恒远",
    "heading": "一、单位稳岗返还信息",
    "ImportView.kind": "contributions",
    "ReceiveImport.kind": "contributions",
    "missing": [],
    "noticed": False,
    "open_only": True,
    "outcome": "eligible",
    "paragraphs": ["经核定，你单位本次稳岗返还金额为 237,137.15 元。"],
    "pdf": {"key": "slips/9f/9f86d081.pdf", "sha256": SHA, "size": 128000},
    "picture_code": "8K3P",
    "png_base64": "iVBORw0KGgo=",
    "policy_digest": SHA,
    "problem": None,
    "problem_facts": {},
    "purpose": "register_administrator",
    "reason": None,
    "ReturnBatch.reason": "控制总数与台账不符",
    "reasons": [],
    "rejects": REJECTS,
    "result": "pass",
    "sha256": SHA,
    "signed_out": True,
    "size_class": "large",
    "sizes": ["large"],
    "sms_code": "135790",
    "snapshot_digest": SHA,
    "state": "approved",
    "ImportView.state": "done",
    "OutboxSmsView.state": "sent",
    "ScreeningView.state": "done",
    "superseded": False,
    "text": "【河南社保】巩义市恒远精密制造有限公司：2023年度稳岗返还已核定，请于2023-12-31前登录网厅确认。",
    "title": "2023年度稳岗返还政策确认单",
    "title_en": "Job-retention refund 2023, Henan",
    "title_zh": "河南省2023年度失业保险稳岗返还政策",
    "unit_type": "enterprise",
    "version": 1,
    "zh": "裁员率 0% 不高于 5.5%",
}


def tell(kind: type[Message]) -> dict[str, Any]:
    """Return the example of a message as JSON-ready data; LookupError names what is not told yet."""
    return {name: _value(kind, name, field.annotation) for name, field in kind.model_fields.items()}


def _value(kind: type[BaseModel], name: str, annotation: Any) -> Any:
    for key in (f"{kind.__name__}.{name}", name):
        if key in STORY:
            return STORY[key]
    inner = _inner(annotation)
    if get_origin(inner) is tuple:
        return [_value(kind, f"one of {name}", get_args(inner)[0])]
    if get_origin(inner) is Literal:
        return get_args(inner)[0]
    if isinstance(inner, type) and issubclass(inner, Message):
        return tell(inner)
    if isinstance(inner, type) and issubclass(inner, Enum):
        return next(iter(inner)).value
    raise LookupError(f"tell what {kind.__name__}.{name} is, in tests/contracts/story.py")


def _inner(annotation: Any) -> Any:
    """Strip `Annotated[…]` and `… | None`."""
    if get_origin(annotation) is Annotated:
        return _inner(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _inner(next(part for part in get_args(annotation) if part is not type(None)))
    return annotation
