# The one entrance: every target does its own set-up. `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run check-config test faults soak bench build check generate screenshots clean up swap restart down logs ps pull doctor

dotnet := scripts/dotnet.sh
program := .cache/run/gateway.dll
# The analyzers take two thirds of a build; `make build` and `make check` run them.
unchecked := -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false -p:TreatWarningsAsErrors=false
# Folders count too, so that a removed file is noticed.
sources := $(shell find api -name bin -prune -o -name obj -prune -o -print) Directory.Build.props Directory.Build.targets Directory.Packages.props global.json

help: ## This table
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { sub("%", "<kind>", $$1); printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(program) ## The gateway on http://127.0.0.1:8000, with the engine found on this host or the built-in demo
	@exec $(dotnet) $(program)

check-config: $(program) ## FILE=gateway.yaml: its errors with line and column, or a summary; without FILE, all settings
	@$(dotnet) $(abspath $(program)) check-config $(if $(FILE),'$(FILE)')

env-%: ## A .env for one engine (env-external: for one that runs elsewhere); MODEL_NAME= and GPU= are written into it
	@scripts/compose.sh env $*

up: ## BACKEND=<engine>: the gateway and that engine in containers. BACKEND=none: only the gateway. GPU=nvidia|amd|intel|cpu. OBSERVABILITY=1: Prometheus and Grafana too
	@scripts/compose.sh up

swap: ## BACKEND=<engine>: replaces the running engine without losing requests. MODEL_NAME= sets its model
	@scripts/compose.sh swap

restart: ## Recreates the same containers with the current .env
	@scripts/compose.sh restart

down: ## Stops the containers after the running requests, and removes them; data/ stays
	@scripts/compose.sh down

logs: ## Follows the logs of the containers; SERVICE=<engine> or SERVICE=gateway for one of them
	@scripts/compose.sh logs

ps: ## The containers and their health
	@scripts/compose.sh ps

doctor: ## Checks everything from the settings to the engine's models, with remedies
	@scripts/compose.sh doctor

pull: ## The images that up would start
	@scripts/compose.sh pull

test: ## All tests, with the set-up they need
	@scripts/test.sh

bench: ## Compares the gateway with other proxies, into docs/benchmarks.md (9 minutes); QUICK=1: tables only (90 seconds)
	@scripts/bench.sh

faults: ## Faults of engines and networks, and what the client sees, into docs/faults.md
	@scripts/faults.sh

soak: ## 100,000 requests with random faults (some minutes): each must end correctly, and leave nothing behind. REQUESTS=<number>
	@scripts/soak.sh

build: ## Everything, warnings as errors
	@$(dotnet) build gateway.sln --nologo

check: ## Format, build, generated files, layering: what must pass before a change is merged
	@scripts/check.sh

screenshots: ## Retakes the console's pictures in docs/images (needs chromium)
	@scripts/setup-chromium.sh
	@SCREENSHOTS=1 $(dotnet) test tests/Gateway.ConsoleTests --nologo --filter 'FullyQualifiedName~Scene_'

generate: ## Regenerates what is written from the tables: docs, compose and environment files
	@$(dotnet) run --project api/Gateway.Generator --

clean: ## Removes build output; downloads of the tests stay in .cache
	@rm -rf .cache/run .cache/test-results
	@find api tests -type d \( -name bin -o -name obj \) -not -path '*/node_modules/*' -prune -exec rm -rf {} +

$(program): $(sources)
	@echo 'Building the gateway. This happens once, and after a change.'
	@rm -rf $(@D)
	@$(dotnet) publish api/Gateway --configuration Release --output $(@D) --nologo --verbosity quiet $(unchecked)
	@touch $@
