"""Passwords: argon2id hashes, and the few rules that a new one must meet."""

from __future__ import annotations

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from gridgov.errors import UsageError
from gridgov.locale import _

__all__ = ["MIN_LENGTH", "check_new_password", "hash_password", "needs_rehash", "verify_password"]

MIN_LENGTH = 10
MAX_LENGTH = 256

# Long enough for the rule and yet among the first that anyone tries here.
_SILLY = frozenset(
    {
        "1234567890",
        "0123456789",
        "0987654321",
        "1234567891",
        "12345678910",
        "1111111111",
        "1122334455",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "password123",
        "password1234",
        "admin12345",
        "administrator",
        "admin@1234",
        "p@ssw0rd123",
        "woaini1314",
        "woaini520520",
        "a1234567890",
        "abc1234567",
        "abcd123456",
        "gridgov123",
        "gridgov2026",
        "shequ123456",
        "dongshan123",
    }
)

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
# A check costs 64 MiB: a burst of log-ins waits instead of exhausting the memory.
_slots = BoundedSemaphore(4)
# Checked for a login name that does not exist, so that the answer takes as long.
_NOBODY = _hasher.hash("nobody has this password")


def check_new_password(password: str, *, username: str = "") -> None:
    """Raise `UsageError` for a password that is too short, too common or the login name.

    Length is what protects; mixes of character classes are not asked for (NIST SP 800-63B 3.1.1).
    """
    plain = _normal(password)
    if len(plain) < MIN_LENGTH:
        raise UsageError(_("密码至少 {n} 个字符", n=MIN_LENGTH))
    if len(plain) > MAX_LENGTH:
        raise UsageError(_("密码最多 {n} 个字符", n=MAX_LENGTH))
    folded = plain.casefold()
    if folded in _SILLY or len(set(folded)) < 4:
        raise UsageError(_("这个密码太常见，请换一个"))
    if username and username.casefold() in folded and len(folded) < len(username) + MIN_LENGTH:
        raise UsageError(_("密码不能以用户名为主，请换一个"))


def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its own salt and parameters in it."""
    with _slots:
        return _hasher.hash(_normal(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Takes as long when nothing is stored."""
    with _slots:
        try:
            matches = _hasher.verify(stored or _NOBODY, _normal(password)[: MAX_LENGTH + 1])
        except (VerificationError, InvalidHashError):
            return False
    return matches and stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # The same keys give the same password whichever input method composed them.
    return unicodedata.normalize("NFKC", password)
