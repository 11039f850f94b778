"""Devices: how they are found, how one talks to them (docs/formats/management.md), and what one asks of them."""
