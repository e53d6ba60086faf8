"""单位银行账户变更: where the money goes, until a notice freezes it."""
