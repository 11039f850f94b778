"""mote: the tools around an embedded WebAssembly runtime, behind the one command `mote`."""

__version__ = "0.1.0"
