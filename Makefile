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

check-config: $(program) ## FILE=gateway.yaml: what is wrong in it, with line and column, or what it comes to; without FILE, all settings
	@$(dotnet) $(abspath $(program)) check-config $(if $(FILE),'$(FILE)')

env-%: ## A .env for one engine (env-external: for one that runs elsewhere); MODEL_NAME= and GPU= are written into it
	@scripts/compose.sh env $*

up: ## BACKEND=<engine>: the gateway and that engine in containers. BACKEND=none: the gateway alone. GPU=nvidia|amd|intel|cpu. OBSERVABILITY=1: Prometheus and Grafana too
	@scripts/compose.sh up

swap: ## BACKEND=<engine>: another engine in place of the running one, with no request lost. MODEL_NAME= names its model
	@scripts/compose.sh swap

restart: ## The same containers anew, with what .env says now
	@scripts/compose.sh restart

down: ## Stops the containers when the running requests are done, and removes them; data/ stays
	@scripts/compose.sh down

logs: ## Follows what the containers say; SERVICE=<engine> or SERVICE=gateway for one of them
	@scripts/compose.sh logs

ps: ## The containers and their health
	@scripts/compose.sh ps

doctor: ## What is wrong, from the settings to the engine's models, and what to do about it
	@scripts/compose.sh doctor

pull: ## The images that up would start
	@scripts/compose.sh pull

test: ## Every test, with all the set-up it needs
	@scripts/test.sh

bench: ## What the gateway costs beside others, into docs/benchmarks.md (9 minutes); QUICK=1: tables alone (90 seconds)
	@scripts/bench.sh

faults: ## Every fault that engines and networks have, and what the caller sees of it; kept in docs/faults.md
	@scripts/faults.sh

soak: ## 100,000 requests with faults by chance, some minutes: each comes to one honest end, and nothing is left behind. REQUESTS=<number>
	@scripts/soak.sh

build: ## Everything, warnings as errors
	@$(dotnet) build gateway.sln --nologo

check: ## Format, build, generated files, layering: what has to be clean before a change goes in
	@scripts/check.sh

screenshots: ## The console's pictures in docs/images, taken anew (needs chromium)
	@scripts/setup-chromium.sh
	@SCREENSHOTS=1 $(dotnet) test tests/Gateway.ConsoleTests --nologo --filter 'FullyQualifiedName~Scene_'

generate: ## Rewrite what is made from the tables: docs, environment files
	@$(dotnet) run --project api/Gateway.Generator --

clean: ## Remove what was built; what tests downloaded stays in .cache
	@rm -rf .cache/run .cache/test-results
	@find api tests -type d \( -name bin -o -name obj \) -not -path '*/node_modules/*' -prune -exec rm -rf {} +

$(program): $(sources)
	@echo 'Building the gateway. This happens once, and after a change.'
	@rm -rf $(@D)
	@$(dotnet) publish api/Gateway --configuration Release --output $(@D) --nologo --verbosity quiet $(unchecked)
	@touch $@
