"""Imports, policies, screenings."""

from gateway.words.entries import Entry, entry

PROBLEMS: dict[str, Entry] = {
    "import_same": entry(
        "同样内容的文件已经导入过。",
        "请核对文件；确需更正的，请修改内容后重新导入。",
        "These bytes have been imported before.",
        "Check the file; a correction is another file.",
    ),
    "import_missing": entry(
        "没有这次导入。", "请从导入列表进入。", "There is no such import.", "Start from the list."
    ),
    "import_not_done": entry(
        "这次导入没有完成，不是一个版本。",
        "请等导入完成后再查看差异。",
        "This import is not done, so it is no version.",
        "Wait for it to finish.",
    ),
    "version_not_earlier": entry(
        "只能与更早的版本比较。",
        "请从列表选择更早的版本。",
        "A version is compared with an earlier one.",
        "Choose an earlier version from the list.",
    ),
    "file_empty": entry(
        "文件是空的。", "请核对后重新上传。", "The file is empty.", "Check it and upload again."
    ),
    "upload_missing": entry(
        "没有这次上传，或它已过期。",
        "请重新上传文件。",
        "There is no such upload, or it was given up.",
        "Upload the file again.",
    ),
    "upload_offset": entry(
        "文件的这一段与已收到的 {received} 字节不相接。",
        "请从第 {received} 字节继续上传。",
        "This piece does not follow the {received} bytes that have arrived.",
        "Go on from byte {received}.",
    ),
    "upload_piece_empty": entry(
        "这一段没有内容。",
        "请从第 {received} 字节继续上传。",
        "There is nothing in this piece.",
        "Go on from byte {received}.",
    ),
    "upload_too_long": entry(
        "收到的内容超过文件大小 {size} 字节。",
        "文件可能已被修改，请重新上传。",
        "This is more than the {size} bytes of the file.",
        "The file may have been changed: upload it again.",
    ),
    "upload_incomplete": entry(
        "文件尚未传完：{received} / {size} 字节。",
        "请继续上传其余部分。",
        "The file is not complete: {received} of {size} bytes.",
        "Upload the rest first.",
    ),
    "no_rejects": entry(
        "没有被拒绝的行。", "每一行都已接受。", "No line was refused.", "Every line was accepted."
    ),
    "file_missing": entry("文件已不在存储中。", "请重新上传。", "The file is gone.", "Upload it again."),
    "empty_file": entry(
        "文件没有内容。", "请核对后重新上传。", "There is nothing in the file.", "Check it and upload again."
    ),
    "undecodable": entry(
        "文件第 {line} 行（第 {byte} 字节）不是 {encoding} 编码。",
        "请保存为 GB18030 或 UTF-8 编码后重新上传。",
        "Line {line} (byte {byte}) is not {encoding}.",
        "Save the file as GB18030 or UTF-8 and upload it again.",
    ),
    "missing_column": entry(
        "表头缺少列：{columns}。",
        "请核对文件类型，补齐列名后重新上传。",
        "Columns are missing: {columns}.",
        "Check the kind of the file, complete the header, upload it again.",
    ),
    "repeated_column": entry(
        "表头有重复的列：{columns}。",
        "请删除重复的列后重新上传。",
        "Columns are repeated: {columns}.",
        "Remove the repetition and upload the file again.",
    ),
    "damaged_file": entry(
        "文件已损坏或不完整。",
        "请用 Excel 等软件重新保存后上传。",
        "The file is damaged or incomplete.",
        "Save it again and upload it.",
    ),
    "old_workbook": entry(
        "这是旧版 Excel 文件（.xls）。",
        "请另存为 .xlsx 或 CSV 后重新上传。",
        "This is a workbook of an old Excel (.xls).",
        "Save it as .xlsx or CSV and upload it again.",
    ),
    "encrypted_workbook": entry(
        "这个 Excel 文件设有打开密码。",
        "请取消密码后重新上传。",
        "This workbook has a password.",
        "Remove the password and upload it again.",
    ),
    "not_a_table": entry(
        "这是压缩包或其他文件，不是 Excel（.xlsx）、CSV 或 Parquet 文件。",
        "请解压或另存为上述格式后重新上传。",
        "This is an archive or another document: no xlsx, CSV or Parquet file.",
        "Unpack it or save it as one of these, and upload it again.",
    ),
    "workbook_too_large": entry(
        "Excel 文件展开后有 {megabytes} MB，超过 {most} MB，或压缩比异常。",
        "请分成几个文件，或另存为 CSV 后重新上传。",
        "Unpacked, this workbook has {megabytes} MB (at most {most} MB, at most 100 times its size).",
        "Split it, or save it as CSV, and upload it again.",
    ),
    "workbook_too_many_cells": entry(
        "工作表有 {cells} 个单元格，超过 {most} 个。",
        "请删除数据区以外的内容，分成几个文件，或另存为 CSV 后重新上传。",
        "The sheet has {cells} cells, more than {most}.",
        "Remove what stands apart from the data, split it, or save it as CSV, and upload it again.",
    ),
    "too_many_rows": entry(
        "文件有 {rows} 行，超过 {most} 行。",
        "请分成几个文件后重新上传。",
        "The file has {rows} rows, more than {most}.",
        "Split it and upload it again.",
    ),
    "import_not_waiting": entry(
        "这次导入已不在等待确认。",
        "请查看导入结果。",
        "This import does not wait for a confirmation any more.",
        "Look at its result.",
    ),
    "mapping_incomplete": entry(
        "还没有选择这些列：{columns}。",
        "请为每个必需的列选择文件中的列。",
        "No column is chosen for: {columns}.",
        "Choose one of the file's columns for each that is required.",
    ),
    "mapping_twice": entry(
        "这些列选择了文件中的同一列：{columns}。",
        "文件中的一列只能对应一次。",
        "These are read from the same column of the file: {columns}.",
        "Use each of the file's columns once.",
    ),
    "mapping_unknown": entry(
        "文件中没有为这些列选择的列：{columns}。",
        "请刷新页面后重新选择。",
        "The file does not have the columns chosen for: {columns}.",
        "Load the page again and choose anew.",
    ),
    "line_too_long": entry(
        "第 {line} 行过长。",
        "请核对是否为 CSV 文件。",
        "Line {line} is too long.",
        "Check that this is a CSV file.",
    ),
    "policy_missing": entry(
        "该业务年度没有生效的政策。",
        "请选择其他业务年度。",
        "No policy is in force for this year.",
        "Choose another year.",
    ),
    "policy_in_force": entry(
        "该版本已生效，不能更改。",
        "请使用新的版本号。",
        "This version is in force.",
        "Use another version number.",
    ),
    "screening_missing": entry(
        "没有这次筛查。", "请从筛查列表进入。", "There is no such run.", "Start from the list."
    ),
    "screening_not_done": entry(
        "筛查尚未完成。", "请等筛查完成后再办理。", "The run is not finished.", "Wait for it to finish."
    ),
    "screening_over": entry(
        "这次筛查已经结束，不能取消。",
        "如需更新结果，请重新开始一次筛查。",
        "This run is over and cannot be cancelled.",
        "Start another one for new results.",
    ),
    "no_employers": entry(
        "还没有参保单位数据。", "请先导入参保单位。", "There are no employers yet.", "Import them first."
    ),
    "no_contributions": entry(
        "还没有缴费明细数据。", "请先导入缴费明细。", "There are no contributions yet.", "Import them first."
    ),
    "verdict_missing": entry(
        "这次筛查中没有该单位。",
        "请核对单位编号。",
        "There is no verdict on this unit.",
        "Check the unit number.",
    ),
    "unit_missing": entry(
        "没有该参保单位。", "请核对单位编号。", "There is no such unit.", "Check the unit number."
    ),
}
