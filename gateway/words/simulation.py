"""What if the rules were others."""

from gateway.words.entries import Entry, entry

PROBLEMS: dict[str, Entry] = {
    "simulation_not_done": entry(
        "这次筛查没有完成，不能用于测算。",
        "请选择一次已完成的筛查。",
        "This run was not finished: nothing can be computed from it.",
        "Choose a finished run.",
    ),
    "simulation_no_facts": entry(
        "这次筛查没有保存测算所需的数据。",
        "请重新开始一次筛查，再用它测算。",
        "This run kept no facts to compute from.",
        "Start a new screening and use that.",
    ),
    "simulation_facts_lost": entry(
        "这次筛查保存的数据无法读取。",
        "请重新开始一次筛查，并告知系统管理员检查文件存储。",
        "The facts that this run kept cannot be read.",
        "Start a new screening, and let the administrator check the file store.",
    ),
    "simulation_other_window": entry(
        "这次筛查用的是 {base_year} 年的数据，所测算的政策以 {base_year_asked} 年为基准年度。",
        "请先按该基准年度的政策筛查一次，再测算。",
        "This run has the facts of {base_year}; the policy rests on those of {base_year_asked}.",
        "Start a screening for that base year first.",
    ),
    "simulation_parameter_unknown": entry(
        "政策中没有参数 {parameter}。",
        "请只调整政策已有的参数。",
        "The policy has no parameter {parameter}.",
        "Change those that it has.",
    ),
    "simulation_numbers_too_large": entry(
        "这些参数算出的金额超出了可以处理的范围。",
        "请检查参数是否多写了位数。",
        "These parameters lead to sums beyond what can be handled.",
        "Check them for a digit too many.",
    ),
    "simulation_missing": entry(
        "这份政策草稿还没有测算结果。",
        "草稿提交复核后系统自动测算，请稍后刷新。",
        "There is no simulation of this draft yet.",
        "It is computed once the draft is submitted: reload in a moment.",
    ),
}
