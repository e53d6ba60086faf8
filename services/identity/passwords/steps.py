"""What later rooms do with passwords. Chance enters here."""

import secrets

CONSONANTS, VOWELS = "bdfghkmnprstvwz", "aeiou"  # no look-alikes
WORDS, SYLLABLES, DIGITS = 2, 3, 4


def make_initial_password() -> str:
    """Return a password that can be read out by telephone, to be changed at once: bamiko-terulo-4821.

    Six syllables and four digits are some 50 bits; who guesses has five tries before a lock.
    """
    words = ["".join(_syllable() for _ in range(SYLLABLES)) for _ in range(WORDS)]
    return "-".join([*words, f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"])


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)
