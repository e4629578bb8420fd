# Every target is a command of toolchain/run; the first that needs it sets the machine up.
STACK ?= rails_ha
export STACK ARCHITECTURE CIDR MANAGEMENT FAULTS YES

.DEFAULT_GOAL := help
.PHONY: help setup up down preview status drill diagram url test soak bench check format goldens docs changelog

help: ## list the commands
	@sed -n 's/^\([a-z]*\): ## /\1	/p' Makefile | expand -t 12

setup: ## install and build what is missing
	@toolchain/run setup

up: ## bring the stack up (STACK=rails_ha; ARCHITECTURE= and CIDR= for a second one) and print its URL
	@toolchain/run up

down: ## destroy the stack, and leave nothing behind; asks where its hosts keep data (YES=1)
	@toolchain/run down

preview: ## show what `make up` would change, line by line
	@toolchain/run preview

status: ## ask every host of the stack, and tell each problem with its remedy
	@toolchain/run status

drill: ## break the active host of each pair in every way, watch the other one take over, and heal (FAULTS=, YES=1)
	@toolchain/run drill

diagram: ## draw the stack from its program, as SVG and Mermaid
	@toolchain/run diagram

url: ## print the URL of the stack
	@toolchain/run url

test: ## run every check and test, on real containers
	@toolchain/run test

soak: ## run the stories under load with fifty pushes to each tier, for half an hour
	@toolchain/run soak

bench: ## measure gaps, times and throughput for docs/benchmarks.md, about 65 minutes
	@toolchain/run bench

check: ## run ruff, mypy, import-linter and shellcheck
	@toolchain/run check

format: ## format the code
	@toolchain/run format

goldens: ## record the golden files anew, for review
	@toolchain/run goldens

docs: ## draw every architecture anew, and renew what the pages of docs/stacks take from the code
	@toolchain/run docs

changelog: ## write the next release into CHANGELOG.md, from changelog.d/
	@toolchain/run changelog
