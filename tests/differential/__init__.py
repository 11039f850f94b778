"""Generated modules run in mote and in wasmtime; whatever can be observed must be the same."""
