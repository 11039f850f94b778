"""Packages: modules with what a device wants to know of them."""
