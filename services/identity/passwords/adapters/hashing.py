"""argon2id by argon2-cffi. It takes some 20 ms of pure computing, so it runs off the hub of eventlet.

It is called within the unit of work on purpose: the row of the account's lock is held meanwhile, so that a
hundred guesses at once are counted one by one. Others are not kept waiting on PostgreSQL; on SQLite they wait
those 20 ms for their turn to write.
"""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from services.chassis.off_hub import off_the_hub
from services.identity.settings import Settings


def hash_password(settings: Settings, password: str) -> str:
    """Return the argon2id hash of a password, salt and cost included."""
    hasher = _hasher(settings.password_passes, settings.password_memory_kib)
    return off_the_hub(hasher.hash, password)


def is_password(settings: Settings, password: str, hashed: str | None) -> bool:
    """Is it the password? Without a hash the answer is no, and takes as long."""
    hasher = _hasher(settings.password_passes, settings.password_memory_kib)
    nobody = _hash_of_nobody(hasher)
    return off_the_hub(_verify, hasher, hashed or nobody, password) and hashed is not None


@lru_cache
def _hasher(passes: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)


@lru_cache
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _verify(hasher: PasswordHasher, hashed: str, password: str) -> bool:
    try:
        return hasher.verify(hashed, password)
    except VerificationError:
        return False
