"""Batches, the confirmation, notices, slips."""

from gateway.words.entries import Entry, entry

PROBLEMS: dict[str, Entry] = {
    "batch_missing": entry(
        "没有该批次。", "请从批次列表进入。", "There is no such batch.", "Start from the list."
    ),
    "empty_batch": entry(
        "没有可以列入的单位，批次已自动退回。",
        "请查看未列入的原因，调整条件后重新生成。",
        "No unit could be taken; the batch went back by itself.",
        "See why, and make another one.",
    ),
    "units_file_too_large": entry(
        "名单文件超过 {megabytes} MB。",
        "请只保留单位编号一列后重新上传。",
        "The file is larger than {megabytes} MB.",
        "Keep the column of unit numbers only, and upload it again.",
    ),
    "units_not_text": entry(
        "名单不是 UTF-8 或 GB18030 编码的文本文件。",
        "请另存为 CSV 或 TXT 后重新生成批次。",
        "The list is no text file in UTF-8 or GB18030.",
        "Save it as CSV or text, and make the batch again.",
    ),
    "units_too_many": entry(
        "名单超过 400,000 行。",
        "请拆分后分别生成批次。",
        "The list has more than 400,000 lines.",
        "Split it, and make a batch of each part.",
    ),
    "batch_not_open": entry(
        "该批次不在待复核状态。",
        "请刷新页面查看最新状态。",
        "This batch does not wait for a check.",
        "Reload the page.",
    ),
    "batch_not_approved": entry(
        "该批次尚未复核通过。",
        "复核通过后才能公示。",
        "This batch is not approved.",
        "It must be approved first.",
    ),
    "maker_is_checker": entry(
        "核定人不能复核自己的批次。",
        "请由另一位复核岗人员办理。",
        "Who made a batch cannot check it.",
        "Ask another reviewer.",
    ),
    "changer_is_checker": entry(
        "调整过批次的人员不能复核该批次。",
        "请由没有调整过该批次的复核岗人员办理。",
        "Who held units out of a batch, or took them back, cannot check it.",
        "Ask another reviewer.",
    ),
    "not_your_batch": entry(
        "只有核定人本人可以撤回批次。",
        "请联系核定人，或由复核岗退回。",
        "Only who made a batch withdraws it.",
        "Ask its maker, or let a reviewer return it.",
    ),
    "batch_line_missing": entry(
        "单位 {unit_no} 不在该批次中。",
        "请核对单位编号。",
        "Unit {unit_no} is not in this batch.",
        "Check the number.",
    ),
    "line_does_not_count": entry(
        "单位 {unit_no} 已暂不列入，或因资料缺失未列入。",
        "请刷新页面查看最新明细。",
        "Unit {unit_no} is held out already, or was left out for missing data.",
        "Reload the page.",
    ),
    "line_not_held_out": entry(
        "单位 {unit_no} 没有被暂不列入。",
        "请刷新页面查看最新明细。",
        "Unit {unit_no} is not held out.",
        "Reload the page.",
    ),
    "held_by_another_batch": entry(
        "单位 {unit_no} 已列入其他批次。",
        "一家单位在一个业务年度只能在一个批次中；请在其他批次中处理。",
        "Another batch has unit {unit_no}.",
        "A unit is in one batch of a programme; go to the other one.",
    ),
    "last_line_of_batch": entry(
        "这是批次中的最后一家单位。",
        "不需要该批次的，请撤回整个批次。",
        "This is the last unit of the batch.",
        "Withdraw the batch instead.",
    ),
    "totals_changed": entry(
        "批次的总数或总额与页面不一致。",
        "请刷新页面，核对后再复核。",
        "The totals are not those of the page.",
        "Reload the page and look again.",
    ),
    "refund_missing": entry(
        "没有该返还。", "请从列表进入。", "There is no such refund.", "Start from the list."
    ),
    "not_your_refund": entry(
        "该返还属于其他单位。",
        "请核对登录的单位。",
        "This refund is another employer's.",
        "Check who is signed in.",
    ),
    "employer_missing": entry(
        "请指明单位。", "请输入统一社会信用代码。", "Say which employer.", "Enter its credit code."
    ),
    "refund_noticed": entry(
        "该返还已经公示，公示以后不允许再做确认。",
        "对公示有异议的，请在公示期内向当地社保经办机构反映。",
        "This refund stands in a public notice; it cannot be answered any more.",
        "To object, turn to the local agency while the notice lasts.",
    ),
    "deadline_passed": entry(
        "确认期限（{deadline}）已过。",
        "如有疑问，请到就近的社保业务大厅或拨打服务热线。",
        "The last day ({deadline}) is over.",
        "Ask at the counter or call the hotline.",
    ),
    "reading_unknown": entry(
        "还没有阅读政策说明。",
        "请勾选“请认真阅读河南省稳岗返还政策确认信息”，阅读至少 10 秒。",
        "The statement was not opened.",
        "Tick the box and read the statement for at least 10 seconds.",
    ),
    "reading_of_another": entry(
        "政策说明不是由您为该业务打开的。",
        "请重新勾选并阅读。",
        "This reading is not yours.",
        "Tick the box and read again.",
    ),
    "statement_changed": entry(
        "政策说明已更新。",
        "请重新勾选并阅读新的说明。",
        "The statement has changed.",
        "Tick the box and read it again.",
    ),
    "statement_too_short": entry(
        "政策说明需要阅读至少 10 秒。",
        "还差 {seconds_left} 秒，请读完后再保存。",
        "The statement has to be read for 10 seconds.",
        "{seconds_left} seconds are left; then save again.",
    ),
    "statement_not_agreed": entry(
        "还没有勾选“请认真阅读河南省稳岗返还政策确认信息”。",
        "请勾选后再保存。",
        "The box is not ticked.",
        "Tick it and save again.",
    ),
    "todo_unknown": entry(
        "该事项已不在待办区。",
        "可能已提交或删除，请刷新查看。",
        "The item is no longer there.",
        "It was submitted or deleted.",
    ),
    "nothing_confirmed": entry(
        "该批次没有可以公示的确认。",
        "请等单位确认享受以后再公示。",
        "Nothing is confirmed in this batch.",
        "Publish when employers have confirmed.",
    ),
    "notice_missing": entry(
        "没有该公示。", "请从公示列表进入。", "There is no such notice.", "Start from the list."
    ),
    "slip_missing": entry(
        "没有找到与编号和校验码相符的确认单。",
        "请核对编号和校验码；刚提交的确认单请稍后再查。",
        "No slip carries this number and check code.",
        "Check both; a slip just submitted takes a moment.",
    ),
}
