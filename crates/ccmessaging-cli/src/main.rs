//! The `ccmessaging` executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    ccmessaging_cli::main()
}
