//! The queries that are published with the project: their golden cases, and the dashboards on real logs.

use libtest_mimic::Arguments;

mod dashboards;
mod queries;

fn main() {
    // Both name files from the root of the project.
    if let Err(error) = std::env::set_current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")) {
        eprintln!("no root of the project: {error}");
        std::process::exit(1);
    }
    let trials = queries::trials().into_iter().chain(dashboards::trials()).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
