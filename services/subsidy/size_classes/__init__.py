"""Size classes of enterprises: 工信部联企业〔2011〕300号 as data, and the one rule that reads it."""
