"""Loading: every sheet recognised, converted, checked, merged and accounted for, then published."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from etl.findings import Finding
from etl.mapping import Recipe, read_mapping
from etl.privacy import Pseudonyms, key_path
from etl.publish import finish
from etl.recognise import SheetGuess, recognise_sheet
from etl.rejects_mark import is_rejects_text, recipe_for
from etl.report import FileReport, LoadReport
from etl.sample_mark import sample_hashes
from etl.sheet import Sheet
from etl.sheet_load import SheetLoader
from etl.sheets import open_sheets
from etl.sources import discover, fingerprint, is_changed
from etl.store import Store
from gridgov.errors import DataFileError, MappingError, UsageError
from gridgov.locale import _
from gridgov.schema import TABLES

__all__ = ["Mapping", "Progress", "check", "load", "recognise"]

Progress = Callable[[str, float], None]
Mapping = Path | Sequence[Recipe] | None
_ORDER = {name: at for at, name in enumerate(TABLES)}


def recognise(path: Path, mapping: Mapping = None, table: str | None = None) -> list[SheetGuess]:
    """What the sheets of a file (or folder) seem to be; nothing is loaded.

    Raises `DataFileError` for what cannot be read at all.
    """
    scratch = Path(tempfile.mkdtemp(prefix="gridgov-"))
    try:
        return [guess for _sheet, guess, _recipe in _recognised([path], scratch, mapping, table)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def check(
    paths: Iterable[Path],
    warehouse: Path,
    mapping: Mapping = None,
    *,
    table: str | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """As `load`, on a copy that is thrown away. Nothing is published, no lock is needed."""
    store = Store(warehouse)
    scratch = Path(tempfile.mkdtemp(prefix="gridgov-check-"))
    try:
        current = store.current()
        aside = Store(scratch, in_memory=current is None)
        if current is not None:
            shutil.copyfile(store.path(current), aside.path(current))
            aside.point_to(current)
        pseudonyms = Pseudonyms.from_file(key_path(warehouse))
        report = _run(list(paths), aside, pseudonyms, mapping, table, progress, publish=False)
        report.version = current
        return report
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def load(
    paths: Iterable[Path],
    warehouse: Path,
    mapping: Mapping = None,
    *,
    table: str | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load files and folders as one batch and publish the result as a new version.

    `mapping` is a TOML file or its recipes, `table` says what the files are, `progress` is called
    with a line and the share done. Where nothing changes nothing is published.
    Raises `DataFileError` when anything is refused as a whole, `WarehouseBusy` when another load
    runs, `WarehouseError` when the disk fails; in each case the published version stays in force.
    """
    store = Store(warehouse)
    with store.writer():
        pseudonyms = Pseudonyms.from_file(key_path(warehouse))
        return _run(list(paths), store, pseudonyms, mapping, table, progress, publish=True)


def _run(
    paths: list[Path],
    store: Store,
    pseudonyms: Pseudonyms,
    mapping: Mapping,
    table: str | None,
    progress: Progress | None,
    *,
    publish: bool,
) -> LoadReport:
    tell = progress or (lambda _line, _share: None)
    with store.build() as building:
        tell(_("识别文件"), 0.0)
        planned = _recognised(paths, building.folder, mapping, table)
        passed = _refuse_doubtful(planned)
        before = {
            sheet.source.outer: sheet.source.mark or fingerprint(sheet.source.outer)
            for sheet, _guess, _recipe in planned
        }
        samples = sample_hashes(before)
        planned.sort(key=lambda one: _ORDER[one[1].table or ""])
        loader = SheetLoader(building.con, building.number, pseudonyms, store.rejects)
        loader.passed = passed
        reports: list[FileReport] = []
        for at, (sheet, guess, recipe) in enumerate(planned):
            tell(f"{sheet.source.stem} {sheet.name}".strip(), 0.05 + 0.7 * at / len(planned))
            report = loader.load(sheet, guess, recipe)
            report.is_sample = sheet.source.outer_sha256 in samples
            reports.append(report)
        for source, was in before.items():
            if is_changed(source, was):
                raise DataFileError(
                    _("{path}：读取期间文件被改动，没有发布任何数据；请重新导入", path=source)
                )
        return finish(building, store, loader, reports, tell, publish=publish)


def _recognised(
    paths: list[Path], scratch: Path, mapping: Mapping, table: str | None
) -> list[tuple[Sheet, SheetGuess, Recipe]]:
    if table is not None and table not in TABLES:
        raise UsageError(_("没有表 {table}；可用：{tables}", table=table, tables=" ".join(TABLES)))
    recipes = read_mapping(mapping) if isinstance(mapping, Path) else list(mapping or ())
    found = []
    is_used = False
    for source in discover(paths, scratch):
        fitting = next((r for r in recipes if r.fits(source.path, "")), None)
        if source.kind == "text" and is_rejects_text(source.file):
            fitting = None
        for sheet in open_sheets(source, scratch, fitting):
            fitting = recipe_for(recipes, source.path, sheet.name, sheet.preview)
            is_used = is_used or fitting is not None
            recipe = fitting or Recipe(table=table)
            if recipe.skip:
                continue
            found.append((sheet, recognise_sheet(sheet, recipe), recipe))
    if isinstance(mapping, Path) and not is_used:
        files = "、".join(dict.fromkeys(recipe.file for recipe in recipes))
        raise MappingError(
            _(
                "映射文件 {path} 没有用上：没有文件或工作表符合 file = {files} 和 sheet",
                path=mapping,
                files=files,
            )
        )
    return found


def _refuse_doubtful(planned: list[tuple[Sheet, SheetGuess, Recipe]]) -> list[Finding]:
    """Ask instead of guessing; sheets of a workbook without any known header are passed over, and
    told."""
    passed: list[Finding] = []
    known: dict[Path, int] = {}
    for sheet, guess, _recipe in planned:
        known[sheet.source.file] = known.get(sheet.source.file, 0) + (guess.table is not None)
    for one in list(planned):
        sheet, guess, _recipe = one
        if guess.table is not None:
            continue
        # A cover sheet or a legend beside a recognised one carries at most a stray header.
        if known[sheet.source.file] and len(guess.columns) < 2:
            planned.remove(one)
            shown = f"{sheet.source.stem} {sheet.name}"
            passed.append(Finding("W112", "", sheet.records, None, shown))
            continue
        raise _doubt(guess)
    if not planned:
        raise DataFileError(_("没有可导入的数据"))
    return passed


def _doubt(guess: SheetGuess) -> MappingError:
    where = f"{guess.path} {guess.sheet}".strip()
    named = [TABLES[name].label for name in guess.candidates]
    if not guess.candidates:
        return MappingError(
            _("{where}：没有认出表头，请用 --mapping 说明各列，或换用上传模板", where=where)
        )
    if guess.missing:
        table = TABLES[guess.candidates[0]]
        missing = "、".join(table.column(name).label for name in guess.missing)
        return MappingError(
            _(
                "{where}：最像“{table}”，但缺少必需的列：{missing}；请补列，或用 --mapping 说明",
                where=where,
                table=table.label,
                missing=missing,
            )
        )
    return MappingError(
        _(
            "{where}：可能是{tables}，不能确定；请用 --table 指明（{names}）",
            where=where,
            tables=_("或").join(f"“{name}”" for name in named),
            names=" / ".join(guess.candidates),
        )
    )
