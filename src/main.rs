//! The `leastwise` binary: arguments in, exit status out.

use std::process::ExitCode;

/// An audit of many roles makes and drops many small documents.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    leastwise::cli::main()
}
