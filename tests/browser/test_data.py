"""The clerk's afternoon: drop a file, see what it is, check, load, get the rejects, undo."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gridgov.access.roles import Role
from gridgov.warehouse import Warehouse
from gridgov.workspace import audit
from gridgov.workspace.engine import open_workspace
from gridgov.workspace.mapping import list_mappings
from gridgov.workspace.user import add_user
from tests.browser.conftest import Visit, settle
from tests.etl.conftest import table
from tests.warehouses import sample_warehouse
from tools.serving import served

PASSWORD = "yi-kou-shen-jing-2026"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server with a login, over a copy of the sample that may be written to."""
    from gridgov.access.passwords import hash_password

    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(sample_warehouse(), folder / "warehouse")
    workspace = f"sqlite:///{folder / 'ws.sqlite'}"
    engine = open_workspace(workspace)
    for name, role in (("clerk", Role.CLERK), ("root", Role.ADMINISTRATOR)):
        add_user(
            engine, audit.SYSTEM, username=name, name=name, roles=[role.value],
            password_hash=hash_password(PASSWORD),
        )  # fmt: skip
    engine.dispose()
    with served(
        folder / "warehouse",
        folder / "ws.sqlite",
        log=folder / "log",
        environment={"GRIDGOV_DEMO": "0", "GRIDGOV_KEY_FILE": str(folder / "key")},
    ) as address:
        yield address, folder


@pytest.fixture
def clerk(browser: Browser, own: tuple[str, Path]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN")
    page = context.new_page()
    page.goto(own[0] + "/data")
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.locator(".stMain h1", has_text="数据导入").wait_for(timeout=60_000)
    settle(page, timeout=60_000)
    yield page
    context.close()


def test_from_a_dropped_file_to_a_version_and_back(
    clerk: Page, own: tuple[str, Path], tmp_path: Path
) -> None:
    root = own[1] / "warehouse"
    before = Warehouse(root).current().number
    file = tmp_path / "新走访.csv"
    file.write_text(
        "走访编号,走访时间,走访人,所属网格,走访对象,走访内容\n"
        "N1,2026-10-30 09:00,张三,东山社区1-01微网格,王小明,一切正常\n"
        "N2,2026-13-45 09:00,张三,东山社区1-01微网格,李四,日期不对\n",
        encoding="gb18030",
    )
    clerk.set_input_files("input[type=file]", str(file))
    clerk.get_by_text("识别为：走访").wait_for(timeout=60_000)
    settle(clerk, timeout=60_000)
    clerk.get_by_role("button", name="先检查").click()
    clerk.get_by_text("检查完成，尚未导入").wait_for(timeout=120_000)
    assert Warehouse(root).current().number == before
    settle(clerk, timeout=60_000)
    clerk.get_by_role("button", name="导入", exact=True).click()
    clerk.get_by_text(re.compile("已导入，版本 .* 生效")).wait_for(timeout=120_000)
    expect(clerk.locator(".stMain")).to_contain_text("新增 1", timeout=20_000)
    expect(clerk.locator(".stMain")).to_contain_text("拒收 1", timeout=20_000)
    assert Warehouse(root).current().number == before + 1
    with clerk.expect_download(timeout=60_000) as waiting:
        clerk.get_by_role("button", name=re.compile("下载拒收的行")).first.click()
    saved = tmp_path / "rejects.xlsx"
    waiting.value.save_as(saved)
    assert saved.stat().st_size > 2000

    settle(clerk, timeout=60_000)
    clerk.get_by_text(re.compile(r"批次 2 ·")).first.click()
    undo = clerk.get_by_role("button", name="撤销", exact=True).first
    for _attempt in range(3):
        # The fold is still opening when it is first asked.
        clerk.locator("label", has_text="我确认要撤销这一批").first.click()
        settle(clerk, timeout=60_000)
        if undo.is_enabled():
            break
    undo.click()
    clerk.get_by_text("已撤销").first.wait_for(timeout=120_000)
    assert Warehouse(root).current().number == before + 2
    engine = open_workspace(f"sqlite:///{own[1] / 'ws.sqlite'}")
    actions = {entry.action for entry in audit.entries(engine, limit=50)}
    assert {"load.publish", "load.undo", "export.xlsx"} <= actions
    assert audit.verify(engine).ok
    engine.dispose()


def test_what_only_people_know_is_asked_and_then_done(
    clerk: Page, own: tuple[str, Path], tmp_path: Path
) -> None:
    """A sheet is left out, a broken file taken off, the order of the dates chosen and kept."""
    root = own[1] / "warehouse"
    head = "走访编号,走访时间,走访人,所属网格,走访对象,备注,备注\n"
    dates = tmp_path / "日期不明.csv"
    dates.write_text(
        head + "D1,03/04/2026,张三,东山社区1-01微网格,王小明,甲,乙\n", encoding="utf-8"
    )
    strange = tmp_path / "满意度.csv"
    strange.write_text("问题,打分\n好吗,5\n", encoding="utf-8")
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 no workbook")
    clerk.set_input_files("input[type=file]", [str(dates), str(strange), str(broken)])
    main = clerk.locator(".stMain")
    expect(main).to_contain_text("坏.xlsx：工作簿打不开", timeout=60_000)
    expect(main.get_by_role("button", name="先检查")).to_have_count(0)
    main.get_by_role("button", name=re.compile("坏.xlsx")).or_(
        main.get_by_test_id("stFileUploaderDeleteBtn").last.get_by_role("button")
    ).last.click()
    settle(clerk, timeout=60_000)
    sheet = main.get_by_test_id("stExpander").filter(has_text="满意度.csv")
    expect(sheet).to_contain_text("需要您确认是哪种台账")
    sheet.get_by_role("combobox").first.click()
    clerk.get_by_role("option", name="不导入").click()
    expect(sheet).to_contain_text("满意度.csv · 不导入", timeout=60_000)
    settle(clerk, timeout=60_000)
    main.get_by_role("button", name="先检查").click()
    expect(main).to_contain_text("“走访时间”里的日期“03/04/2026”分不清", timeout=120_000)
    sheet = main.get_by_test_id("stExpander").filter(has_text="日期不明.csv")
    sheet.locator("summary").first.click()
    sheet.get_by_role("combobox").nth(1).click()
    clerk.get_by_role("option", name=re.compile("日在前")).click()
    settle(clerk, timeout=60_000)
    sheet.get_by_role("button", name="记住这个对应关系").click()
    clerk.get_by_text("已记住，下次同样的表头自动套用").wait_for(timeout=60_000)
    main.get_by_role("button", name="导入", exact=True).click()
    expect(main).to_contain_text("新增 1", timeout=120_000)
    when = "SELECT strftime(occurred_at, '%Y-%m-%d') FROM visit WHERE visit_id = 'D1'"
    assert table(root, when) == [("2026-04-03",)]
    engine = open_workspace(f"sqlite:///{own[1] / 'ws.sqlite'}")
    (kept,) = list_mappings(engine)
    engine.dispose()
    assert kept.content["date_order"] == "dmy"


def test_a_clerk_reaches_no_dashboard(browser: Browser, own: tuple[str, Path]) -> None:
    context = browser.new_context(locale="zh-CN")
    visit = Visit(context.new_page(), own[0])
    visit.page.goto(own[0] + "/overview")
    visit.page.get_by_label("用户名").fill("clerk")
    visit.page.get_by_label("密码").fill(PASSWORD)
    visit.page.get_by_role("button", name="登录").click()
    visit.page.locator(".stMain h1").first.wait_for(timeout=60_000)
    settle(visit.page, timeout=60_000)
    assert visit.page.locator(".stMain h1").first.inner_text() != "总览"
    context.close()
