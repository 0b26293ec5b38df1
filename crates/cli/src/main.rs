//! The `sumoql` program: arguments in, exit status out.

/// Rows are made by one thread and given up by another; the system's allocator keeps such memory from being used again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    sumoql_cli::main()
}
