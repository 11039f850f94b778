"""Compiling modules ahead of time: WebAssembly to LLVM IR to machine code to a native section of the same file."""
