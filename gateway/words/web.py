"""What the web itself says no to."""

from gateway.words.entries import Entry
from gateway.words.entries import entry as _entry

PROBLEMS: dict[str, Entry] = {
    "unexpected": _entry(
        "办理没有成功（{code}）。",
        "请核对后重试；仍不成功的，请拨打服务热线并告知追踪编号。",
        "This did not succeed ({code}).",
        "Check what you entered and try again, or call the hotline and quote the trace number.",
    ),
    "internal": _entry(
        "系统出现故障，已经记录。",
        "请稍后重试，重复提交不会重复办理；仍不成功的，请拨打服务热线并告知追踪编号。",
        "Something broke on our side; it has been recorded.",
        "Try again later; the same form sent twice is safe. Or call the hotline and quote the trace number.",
    ),
    "unavailable": _entry(
        "服务暂时没有响应。",
        "请稍后重试，重复提交同一表单不会重复办理。",
        "The service does not answer at the moment.",
        "Try again shortly; sending the same form twice is safe.",
    ),
    "page_missing": _entry(
        "没有这个页面。",
        "请核对网址，或从首页进入。",
        "There is no such page.",
        "Check the address, or start from the home page.",
    ),
    "bad_request": _entry(
        "请求无法识别。", "请返回重试。", "The request cannot be understood.", "Go back and try again."
    ),
    "method_not_allowed": _entry(
        "不支持这种操作。",
        "请返回页面重新操作。",
        "This cannot be done here.",
        "Go back to the page and try again.",
    ),
    "too_large": _entry(
        "提交的内容太大。",
        "请减小文件后重试，或分成几个文件。",
        "This is too large.",
        "Make the file smaller, or split it.",
    ),
    "content_type_wrong": _entry(
        "内容类型不正确。",
        "接口只接受 application/json；导入文件接受 application/octet-stream 或 text/csv。",
        "The content type is wrong.",
        "Send application/json; import files as application/octet-stream or text/csv.",
    ),
    "origin_foreign": _entry(
        "请求来自其他网站，已拒绝。",
        "请从本平台的页面操作。",
        "The request came from another site.",
        "Use the pages of this site.",
    ),
    "form_expired": _entry(
        "页面停留时间过长或已在别处登录，表单已失效。",
        "请返回并刷新页面，重新填写后提交；没有办理任何业务。",
        "This form is no longer valid.",
        "Go back, reload the page and fill it in again; nothing has been done.",
    ),
    "too_many_requests": _entry("操作过于频繁。", "请稍后再试。", "Too many requests.", "Try again later."),
    "invalid_input": _entry(
        "提交的内容不符合要求。", "请按 fields 中的说明修改。", "Some values are not right.", "See fields."
    ),
    "invalid_message": _entry(
        "提交的内容不符合要求。",
        "请核对后重新填写。",
        "Some values are not right.",
        "Check them and try again.",
    ),
    "idempotency_key_invalid": _entry(
        "Idempotency-Key 不是 UUID。",
        "请改为 UUID 或不发送。",
        "Idempotency-Key is no UUID.",
        "Send a UUID, or none.",
    ),
    "command_id_reused": _entry(
        "这份表单已经用于另一次提交。",
        "请刷新页面后重新填写。",
        "This form has been used for something else.",
        "Reload the page and fill it in again.",
    ),
}
