"""Names of dropped files: two of one name stay two files, and a name is never a path."""

from __future__ import annotations

from gridgov.ui.loading import own_name


def test_a_second_file_of_the_same_name_does_not_replace_the_first() -> None:
    taken: set[str] = set()
    for _ in range(3):
        taken.add(own_name("走访.csv.gz", taken))
    assert taken == {"走访.csv.gz", "走访 (2).csv.gz", "走访 (3).csv.gz"}


def test_a_name_is_never_a_path() -> None:
    assert own_name("../../etc/passwd", set()) == "passwd"
    assert own_name("..\\..\\boot.ini", set()) == "boot.ini"
    assert own_name("...", set()) == "file"
