//! The `leastwise` binary: arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    leastwise::cli::main()
}
