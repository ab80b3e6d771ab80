"""Recoding: what a faster codec gives is what the codec of the standard gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import encoding
from etl.encoding import recode


def _recoded(tmp_path: Path, content: bytes, name: str, errors: str = "replace") -> bytes:
    source, target = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_bytes(content)
    recode(source, name, target, errors)
    return target.read_bytes()


def test_gbk_knows_no_character_otherwise_than_gb18030() -> None:
    for lead in range(0x80, 0x100):
        for trail in range(0x100):
            pair = bytes([lead, trail])
            try:
                quick = pair.decode("gbk")
            except UnicodeDecodeError:
                continue
            assert quick == pair.decode("gb18030")


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1 << 22])
def test_pieces_of_any_size_give_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(encoding, "_CHUNK", chunk)
    # Four bytes a character, line breaks of three kinds, none at the end, a NUL.
    text = "走访,𠮷䶮€\r\n张三,\0好\r李四,龥\n末行"
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").encode()
    for name in ("gb18030", "utf-16", "utf-8-sig"):
        assert _recoded(tmp_path, text.encode(name), name) == plain
    assert _recoded(tmp_path, "a\r".encode("gb18030"), "gb18030") == b"a\n"


def test_a_byte_that_is_no_character_is_refused_or_replaced(tmp_path: Path) -> None:
    broken = "走访".encode("gb18030") + b"\xff\n" + "好".encode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        _recoded(tmp_path, broken, "gb18030", "strict")
    assert _recoded(tmp_path, broken, "gb18030") == "走访\ufffd\n好".encode()
