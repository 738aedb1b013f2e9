# Thin: every command is in dev/ (Python, standard library only).
# Variables: PORT= ARGS= ODOO_SRC= PGHOST= PGPORT= PGUSER= PGPASSWORD= (see CONTRIBUTING.md)
PYTHON ?= python3
COMMANDS := run test odoo-tests stop reset lint bench update shell psql i18n compliance

.DEFAULT_GOAL := help
.PHONY: help $(COMMANDS)

help:
	@$(PYTHON) -m dev help

$(COMMANDS):
	@$(PYTHON) -m dev $@ $(ARGS)

# Whatever else is asked for: the tools say what there is.
.DEFAULT:
	@$(PYTHON) -m dev $@
