"""The statement that an employer reads before it answers."""

import hashlib
from dataclasses import dataclass
from typing import Any

from services.subsidy.policy.domain.policies import Policy, Section
from services.subsidy.policy.domain.texts import figures


@dataclass(frozen=True, kw_only=True)
class Statement:
    """The statement as an employer reads it, the figures and the account of its refund put in."""

    title: str
    documents: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def digest(self) -> str:
        """Return the sha256 of the text as it is shown: with another account it is another text."""
        lines = [self.title, *self.documents]
        for section in self.sections:
            lines += [section.heading, *section.paragraphs]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def statement(policy: Policy, **values: Any) -> Statement:
    """Put a refund into the statement.

    Needs unit_name, size_class, layoff_rate, base, ratio, amount, account_name, account (masked) and bank.
    """
    programme = {
        "programme_year": f"{policy.programme_year}",
        "base_year": f"{policy.base_year}",
        "deadline": f"{policy.deadline.year}年{policy.deadline.month}月{policy.deadline.day}日",
        "documents": "、".join(policy.documents),
    }
    chinese, _ = figures({**values, **programme})
    sections = tuple(
        Section(heading=each.heading, paragraphs=tuple(text.format_map(chinese) for text in each.paragraphs))
        for each in policy.statement_sections
    )
    return Statement(
        title=policy.statement_title.format_map(chinese),
        documents=policy.documents,
        sections=sections,
    )
