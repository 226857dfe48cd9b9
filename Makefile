# lxbt: make run | make setup | make test | make check | make bench
SHELL := /bin/bash
export PYTHONUTF8 := 1
export PYTHONDONTWRITEBYTECODE := 1
PY := .venv/bin/python
LXBT := .venv/bin/lxbt

.PHONY: run setup test check fix bench manual environment assets dev browser lock roles

run: setup ## everything, then serve on http://127.0.0.1:8000
	@$(LXBT) serve

setup: environment assets ## all of `make run` short of serving
	@$(LXBT) setup

environment:
	@python3 scripts/bootstrap.py run

dev:
	@python3 scripts/bootstrap.py dev

assets: 
	@$(PY) scripts/assets.py

browser: ## Chromium and Chinese fonts for the journeys
	@bash scripts/browser.sh

test: dev assets browser ## all tests, journeys in a browser included
	@$(PY) -m pytest -n 2 --dist loadgroup

check: dev ## format, lint, types, import contracts, migrations, templates
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy lxbt bench
	.venv/bin/lint-imports --no-cache
	.venv/bin/djlint lxbt/web/templates --lint --quiet
	$(PY) scripts/check_migrations.py
	$(PY) scripts/check_clock.py

fix: dev ## format and mend what can be mended
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

roles: dev ## write docs/roles.md from the roles and the gates of the pages
	@$(LXBT) roles --write docs/roles.md

bench: dev ## figures against the database's own limit: make bench ROWS=100000 ONLY=draw
	@ROWS=$(ROWS) ONLY=$(ONLY) $(PY) -m bench

manual: dev assets browser ## the pictures of the manual, then the books as PDF into build/books
	@$(PY) -m pytest -n 0 tests/journeys/test_manual.py
	@$(LXBT) manual --pictures build/manual --write build/books

lock: ## remake the locks after a change in pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -o requirements/dev.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q -c requirements/dev.lock -o requirements/run.lock
