//! The executable that AWS Lambda and FunctionGraph start.

use tikv_jemallocator::Jemalloc;

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> std::process::ExitCode {
    upload_file_stream::main()
}
