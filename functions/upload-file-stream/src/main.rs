//! The executable that AWS Lambda and FunctionGraph start.

fn main() -> std::process::ExitCode {
    upload_file_stream::main()
}
