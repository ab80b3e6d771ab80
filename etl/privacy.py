"""Residents leave no name behind: keyed pseudonyms, and numbers struck out of free text.

Pseudonyms are HMAC-SHA256 under a key that lies outside the warehouse, cut to 64 bits: with ten
million residents a collision is expected once in 370,000 communities' loads of that size.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import unicodedata
from pathlib import Path

from gridgov.errors import WarehouseError
from gridgov.locale import _

__all__ = [
    "STRIKE_PATTERN",
    "STRUCK",
    "Pseudonyms",
    "grid_text",
    "key_path",
    "looks_like_identity_number",
    "own_number_removed",
    "resident_text",
    "strike",
    "strike_name",
    "telephone_of",
    "without_numbers",
]

STRUCK = "[已隐去]"
_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_D = "[0-9０-９]"
_GAP = "[-－—–._ 　]"
# RE2 syntax, shared by Python's re and DuckDB. Order: longer numbers first.
STRIKE_PATTERN = (
    rf"{_D}{{13,19}}[XxＸｘ]?"
    rf"|{_D}{{3,10}}[*＊xX]{{2,12}}{_D}{{2,4}}[XxＸｘ]?"
    # An identity number or a bank card in groups.
    rf"|{_D}{{6}}{_GAP}{_D}{{8}}{_GAP}?{_D}{{3}}[0-9０-９XxＸｘ]"
    rf"|{_D}{{6}}{_GAP}?{_D}{{4}}{_GAP}{_D}{{4}}{_GAP}{_D}{{3}}[0-9０-９XxＸｘ]"
    rf"|{_D}{{4}}[-－ ]{_D}{{4}}[-－ ]{_D}{{4}}[-－ ]{_D}{{2,4}}(?:[-－ ]{_D}{{1,3}})?"
    rf"|(?:(?:[+＋]?(?:86|８６)|0086){_GAP}?)?"
    rf"[1１][3-9３-９]{_D}[)）]?{_GAP}{{0,2}}{_D}{{4}}{_GAP}{{0,2}}{_D}{{4}}"
    rf"|[1１][- ][3-9３-９](?:[- ]{_D}){{9}}"
    r"|[一幺][三四五六七八九][零〇一幺二三四五六七八九]{9}"
    rf"|[0０]{_D}{{2,3}}[-－—– 　）)]?{_D}{{7,8}}"
    # Not 2024-2025, which are years.
    rf"|(?:[3-9３-９]{_D}{{2,3}}|[2２](?:[1-9１-９]{_D}{{1,2}}|[0０]{_D}))[-－ ]{_D}{{4}}"
    rf"|(?:电话|座机|手机|致电|联系方式|号码)[:：是为 ]{{0,3}}{_D}{{7,12}}"
    rf"|[{_PLATE_PROVINCES}][ 　]?[A-HJ-NP-Za-hj-np-z][·•．.\-－ 　]?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}"
    rf"[A-HJ-NP-Za-hj-np-z0-9挂学警港澳]"
)
_STRIKE = re.compile(STRIKE_PATTERN)
_LEFT = re.compile(rf"[(（\[【]?(?:联系)?(?:电话|手机号?|号码)?[:：]?{re.escape(STRUCK)}[)）\]】]?")
_TELEPHONE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
# Somebody's own number inside an account; longer ones may be the account.
_OWN = re.compile(
    r"(?<!\d)(?:\+?86|0086)?[- ]?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)[1-8]\d{16}[\dXx]"
)
_HAN = re.compile(r"[\u3400-\u9fff]{2}")
# Exports carry the moment or the days they are of in their names: no telephone.
_STAMP = re.compile(
    r"((?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"(?:[-_~ ]?(?:20\d{6}|\d{6}|\d{4}|\d{9}))?(?!\d)|(?<!\d)1[5-9]\d{11}(?!\d))"
)
_BLOCK = 64
_IDENTITY = re.compile(
    r"[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# An official code: six digits of the district, nine of the street, twelve of the community, more of
# a grid. Eleven digits that begin with 1 may be a mobile number.
_GRID_CODE = re.compile(r"[1-6]\d{5,9}|[2-6]\d{10}|[1-6]\d{11,17}")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
# Nearly all names and addresses; nothing of what follows would change them.
_PLAIN = re.compile(r"[\u4e00-\u9fff0-9A-Z-]*")


def strike(value: str) -> str:
    """`value` without telephones, identity numbers, bank cards and number plates."""
    return _STRIKE.sub(STRUCK, value)


def without_numbers(value: str) -> str:
    """A name without the numbers that stand beside it: 张三(13812345678) is 张三."""
    struck = strike(value)
    if struck == value:
        return value
    return _LEFT.sub("", struck).strip(" -,/:：、") or STRUCK


def strike_name(value: str) -> str:
    """As `strike`, for names of files and sheets: moments like 20250103080500 stay."""
    parts = _STAMP.split(value)
    return "".join(part if at % 2 else strike(part) for at, part in enumerate(parts))


def telephone_of(value: str) -> str | None:
    """The eleven digits of a text that is a mobile number and nothing else."""
    found = _TELEPHONE.fullmatch(re.sub(r"[- ]", "", value))
    return found[1] if found else None


def own_number_removed(value: str) -> str | None:
    """The name that is left of an account with a mobile or identity number in it; None where no
    such number is in it, an empty text where no name is left."""
    if not _OWN.search(value):
        return None
    rest = _LEFT.sub("", _OWN.sub(STRUCK, value)).strip(" -,/:：、")
    return rest if _HAN.search(rest) else ""


def grid_text(value: str) -> str:
    """A grid's name or code as it is stored. Codes run to 18 digits and are nobody's number."""
    if _GRID_CODE.fullmatch(value) and not looks_like_identity_number(value):
        return value
    return without_numbers(value)


def looks_like_identity_number(value: str) -> bool:
    """True for an 18-character resident identity number whose check digit is right."""
    if not _IDENTITY.fullmatch(value):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == value[17].upper()


def resident_text(value: str) -> str:
    """A name or address as it is compared: half-width, no spaces, one dash, upper case."""
    if _PLAIN.fullmatch(value):
        return value
    plain = _SPACE.sub("", unicodedata.normalize("NFKC", value))
    return plain.replace("—", "-").replace("－", "-").replace("–", "-").upper()


def key_path(warehouse: Path) -> Path:
    """GRIDGOV_KEY_FILE, else GRIDGOV_KEY, else `pseudonym.key` beside the warehouse."""
    named = os.environ.get("GRIDGOV_KEY_FILE") or os.environ.get("GRIDGOV_KEY")
    return Path(named) if named else warehouse.resolve().parent / "pseudonym.key"


class Pseudonyms:
    """Turns residents' names and addresses into `P…` and `H…`."""

    def __init__(self, key: bytes) -> None:
        # HMAC by its definition: the key is digested once here, where the library would do it anew
        # for every text, which takes three times as long.
        block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    @classmethod
    def from_file(cls, path: Path) -> Pseudonyms:
        """Read the key, creating it once with mode 0600.

        Raises `WarehouseError` when it cannot be read or is too short to protect anything.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                pass
            else:
                with os.fdopen(handle, "w", encoding="ascii") as writer:
                    writer.write(secrets.token_hex(32) + "\n")
                    writer.flush()
                    os.fsync(writer.fileno())
            key = path.read_bytes().strip()
        except OSError as error:
            raise WarehouseError(
                _("读不到化名密钥 {path}：{why}", path=path, why=error.strerror or error)
            ) from error
        if len(key) < 32:
            raise WarehouseError(_("化名密钥 {path} 不足 32 个字符，请恢复原密钥的备份", path=path))
        return cls(key)

    def erased(self, pseudonym: str) -> str:
        """What is kept of an erased resident's pseudonym: enough to refuse it, not to find it."""
        return self.of("E", pseudonym)

    def of(self, prefix: str, value: str) -> str:
        """The pseudonym of `value` under `prefix` (H household, P person, A account)."""
        named = f"{prefix}:{resident_text(value)}".encode()
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(named)
        outer.update(inner.digest())
        return prefix + outer.hexdigest()[:16]
