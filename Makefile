# Everything a fresh machine needs: Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ADDRESS ?= 127.0.0.1
PORT ?= 8501

.PHONY: run test setup setup-test lint format screenshots clean

run: setup
	@if [ ! -f "$${GRIDGOV_WAREHOUSE:-data/warehouse}/CURRENT" ]; then \
		echo "还没有数据，先导入样例 data/sample …"; \
		$(BIN)/python -m etl load data/sample; \
	else \
		$(BIN)/python -m etl rebuild --if-needed; \
	fi
	@echo "格格看板：http://$(ADDRESS):$(PORT)"
	@$(BIN)/streamlit run dashboard.py --server.address $(ADDRESS) --server.port $(PORT)

setup: $(VENV)/installed

setup-test: $(VENV)/installed-dev

$(VENV)/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新：make PYTHON=python3.11 run"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

test: setup-test
	@sh tools/test_prerequisites.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n 3 --dist loadfile --reruns 2 --reruns-delay 2 --only-rerun Timeout --only-rerun TargetClosed --durations 15

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: setup-test
	$(BIN)/python tools/screenshots.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
