# lxbt: make run | make setup | make test | make check | make bench
SHELL := /bin/bash
export PYTHONUTF8 := 1
export PYTHONDONTWRITEBYTECODE := 1
PY := .venv/bin/python
LXBT := .venv/bin/lxbt

.PHONY: run setup test test-fast watch check check-fast hooks fix bench manual environment assets dev browser lock roles

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

test-fast: dev assets ## without browsers, killed processes and long stories: minutes, not a quarter of an hour
	@$(PY) -m pytest -n 2 --dist loadgroup -m "not journey and not fault and not slow"

watch: setup dev ## serve with reload and defects shown in the browser; `LXBT_SQL=1 make watch` logs every statement
	@LXBT_DEBUG=1 $(LXBT) runserver 127.0.0.1:8000

check-fast: dev ## what pre-commit runs: format, lint, import contracts
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@.venv/bin/lint-imports --no-cache
	@$(PY) scripts/check_dead_code.py

hooks: dev ## let git run `make check-fast` before every commit
	@git config core.hooksPath scripts/hooks

check: dev ## format, lint, types, import contracts, migrations, templates
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy lxbt bench
	$(PY) scripts/check_dead_code.py
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
