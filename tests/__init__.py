"""Whole-system tests: a real server, a real browser, real files."""
