"""Reading WebAssembly modules (core specification, "Binary Format") on the host."""
