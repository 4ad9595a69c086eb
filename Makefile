# Everything is done by bin/dev; this file only gives the commands their usual names.
PYTHON3 ?= python3
DEV = $(PYTHON3) bin/dev
export ADDON ALL BASE WRITE PORT DB PYTHON ODOO_SRC SIZE ROUNDS SYSTEM_PACKAGES DEBIAN_MIRROR

.DEFAULT_GOAL := help
.PHONY: run setup stop reset clean shell test attack access quick mutate lint pot bench help

run setup stop reset clean shell test attack access quick mutate lint pot bench help:
	@command -v $(PYTHON3) >/dev/null || { echo "python3 is not installed. As root: apt-get install python3 python3-venv"; exit 1; }
	@$(DEV) $@
