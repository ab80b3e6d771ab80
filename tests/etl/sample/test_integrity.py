"""The files agree with each other, and their blemishes are those that were meant."""

from __future__ import annotations

import pandas as pd
import pytest

from gridgov.schema import TABLES

from .conftest import FILES, Sample


def test_every_table_of_the_schema_has_its_file(sample: Sample) -> None:
    assert set(FILES) == set(TABLES)
    listed = {name for names in FILES.values() for name in names} | {"SAMPLE.sha256"}
    assert listed == {path.name for path in sample.folder.iterdir()}


@pytest.mark.parametrize("name", list(TABLES))
def test_every_column_is_there_and_known_by_its_header(sample: Sample, name: str) -> None:
    assert set(sample[name].columns) == set(TABLES[name].column_names)


@pytest.mark.parametrize("name", list(TABLES))
def test_required_columns_are_filled_and_keys_unique(sample: Sample, name: str) -> None:
    table, frame = TABLES[name], sample[name]
    if name == "activity":
        frame = frame[frame["activity_id"] != "合计"]
    if name == "visit":
        assert frame["visit_id"].duplicated().sum() == 1  # keyed in twice, on purpose
        frame = frame.drop_duplicates()
    for column in table.columns:
        if column.required:
            assert frame[column.name].notna().all(), column.name
    assert not frame.duplicated(list(table.key)).any()


@pytest.mark.parametrize("name", list(TABLES))
def test_choices_are_among_the_allowed_values(sample: Sample, name: str) -> None:
    for column in TABLES[name].columns:
        if column.kind == "choice":
            allowed = {text for value in column.values for text in (value.code, *value.synonyms)}
            assert set(sample[name][column.name].dropna()) <= allowed, column.name


def test_grids_and_people_refer_to_what_exists(sample: Sample, visit: pd.DataFrame) -> None:
    grids = set(sample["grid"]["grid_id"])
    for name in ("grid_month", "tenure", "household", "key_person"):
        assert set(sample[name]["grid_id"]) <= grids
    assert set(sample["grid"]["parent_id"].dropna()) <= grids
    assert set(sample["tenure"]["worker_id"]) == set(sample["worker"]["worker_id"])
    assert visit["who"].notna().all()
    names = set(sample["grid"]["name"])
    assert set(visit["grid"]) <= names
    unknown = sample["complaint"]["grid"].dropna()
    assert (~unknown.isin(names)).sum() == 2  # on purpose
    assert set(sample["activity"].dropna(subset=["grid"])["grid"]) <= names


def test_homes_persons_and_grids_of_visits_agree(sample: Sample, visit: pd.DataFrame) -> None:
    home = sample["household"].set_index("household")["grid_id"]
    grid = sample["grid"].set_index("name")["grid_id"]
    at_home = visit[visit["household"].isin(home.index)]
    assert (home.loc[at_home["household"]].to_numpy() == grid.loc[at_home["grid"]].to_numpy()).all()
    elsewhere = visit.loc[~visit["household"].isin(home.index)]
    assert set(elsewhere["category"]) == {"商户"}
    person = sample["key_person"].set_index("person")
    listed = visit.dropna(subset=["person"])
    rows = person.loc[listed["person"]]
    assert (rows["household"].to_numpy() == listed["household"].to_numpy()).all()
    assert (rows["valid_from"].to_numpy() <= listed["occurred_at"].dt.normalize().to_numpy()).all()
    occupied = sample["household"].set_index("household")["is_occupied"]
    assert (occupied.loc[person["household"]] == "是").all()


def test_workers_held_their_post_when_they_visited(sample: Sample, visit: pd.DataFrame) -> None:
    """A visit is made by someone who held the grid, or its general grid, that day."""
    grid = sample["grid"].set_index("name")
    own = grid.loc[visit["grid"], "grid_id"].to_numpy()
    above = grid.loc[visit["grid"], "parent_id"].to_numpy()
    claims = visit[["visit_id", "who", "occurred_at"]].assign(own=own, above=above)
    joined = claims.merge(sample["tenure"], left_on="who", right_on="worker_id")
    day = joined["occurred_at"].dt.normalize()
    held = (joined["valid_from"] <= day) & (joined["valid_to"].isna() | (day <= joined["valid_to"]))
    there = (joined["grid_id"] == joined["own"]) | (joined["grid_id"] == joined["above"])
    assert set(joined.loc[held & there, "visit_id"]) == set(visit["visit_id"])


def test_times_follow_each_other(sample: Sample, visit: pd.DataFrame) -> None:
    assert (visit["occurred_at"] < visit["ended_at"]).all()
    assert (visit["ended_at"] <= visit["entered_at"]).all()
    closed = visit.dropna(subset=["need_closed_at"])
    assert (closed["need_closed_at"] >= closed["occurred_at"]).all()
    assert closed["need"].notna().all()
    opened = sample["complaint"]
    for stage in ("dispatched_at", "accepted_at", "contacted_at", "due_at", "closed_at"):
        known = opened.dropna(subset=[stage])
        assert (known[stage] >= known["created_at"]).all(), stage


def test_sign_in_lists_add_up_to_the_activity_log(sample: Sample) -> None:
    signed = sample["attendance"].assign(
        new=lambda rows: rows["persons"].where(rows["first_time"] == "是", 0)
    )
    sums = signed.groupby("activity_id").agg(
        persons=("persons", "sum"), homes=("household", "size"), new=("new", "sum")
    )
    activity = sample["activity"].set_index("activity_id").loc[sums.index]
    assert (activity["attendances"] == sums["persons"]).all()
    assert (activity["households"] == sums["homes"]).all()
    assert (activity["first_timers"] == sums["new"]).all()
    assert set(sample["attendance"]["household"]) <= set(sample["household"]["household"])
    rest = sample["activity"].query("activity_id != '合计'")
    without = rest[~rest["activity_id"].isin(sums.index)]
    assert set(without["type"]) == {"经营点集市"}
    assert without["households"].isna().all()


def test_a_home_comes_for_the_first_time_at_most_once(sample: Sample) -> None:
    first = sample["attendance"].query("first_time == '是'")
    assert first["household"].is_unique


def test_blemishes_are_few_and_meant(sample: Sample) -> None:
    title = pd.read_excel(sample.folder / "重点人员.xlsx", header=None, nrows=1, engine="openpyxl")
    assert title.iloc[0, 0] == "东山社区重点人员台账"
    sheets = pd.read_excel(sample.folder / "活动台账.xlsx", sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["2025年", "2026年"]
    last = sheets["2026年"].iloc[-1]
    assert last["活动编号"] == "合计"
    assert last["参与人数"] == sheets["2026年"]["参与人数"].iloc[:-1].sum()
    assert 6 <= sample["visit"]["worker"].str.contains(" ").sum() <= 12
    assert sample["visit"]["worker"].isin(sample["worker_alias"]["alias"]).sum() > 300


def test_the_document_gives_the_rows_of_the_large_tables(sample: Sample) -> None:
    text = (sample.folder.parents[1] / "docs" / "sample.md").read_text(encoding="utf-8")
    rows = {name: len(sample[name]) for name in ("visit", "attendance", "complaint", "key_person")}
    rows["activity"] = len(sample["activity"]) - 1  # without the sum at the foot
    for name, count in rows.items():
        assert f"| {count:,} |" in text, name
