//! The `sumoql` program: arguments in, exit status out.

fn main() -> std::process::ExitCode {
    sumoql::cli::main()
}
