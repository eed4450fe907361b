# The one entrance: every target does its own set-up. `make` alone lists them.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test build check generate clean

dotnet := scripts/dotnet.sh
program := .cache/run/gateway.dll
# Folders count too, so that a removed file is noticed.
sources := $(shell find api -name bin -prune -o -name obj -prune -o -print) Directory.Build.props Directory.Packages.props global.json

help: ## This table
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: $(program) ## The gateway on http://127.0.0.1:8000, with the engine found on this host or the built-in demo
	@exec $(dotnet) $(program)

test: ## Every test, with all the set-up it needs
	@scripts/test.sh

build: ## Everything, warnings as errors
	@$(dotnet) build gateway.sln --nologo

check: ## Format, build, generated files, layering: what has to be clean before a change goes in
	@scripts/check.sh

generate: ## Rewrite what is made from the tables: docs, environment files
	@$(dotnet) run --project api -- generate

clean: ## Remove what was built; what tests downloaded stays in .cache
	@rm -rf .cache/run .cache/test-results
	@find api tests -type d \( -name bin -o -name obj \) -not -path '*/node_modules/*' -prune -exec rm -rf {} +

$(program): $(sources)
	@echo 'Building the gateway. This happens once, and after a change.'
	@rm -rf $(@D)
	@$(dotnet) publish api --configuration Release --output $(@D) --nologo --verbosity quiet
	@touch $@
