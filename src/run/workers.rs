//! Threads that share one piece of work.

/// Runs the same work on so many threads and collects the results.
pub(super) fn run_workers<T: Send>(threads: usize, work: &(dyn Fn() -> T + Sync)) -> Vec<T> {
    if threads <= 1 {
        return vec![work()];
    }
    std::thread::scope(|scope| {
        let spawn =
            |n| std::thread::Builder::new().name(format!("worker-{n}")).stack_size(8 << 20).spawn_scoped(scope, work);
        let workers: Vec<_> = (0..threads).map(spawn).collect();
        let mut results = Vec::new();
        for worker in workers {
            match worker.map(|handle| handle.join()) {
                Ok(Ok(result)) => results.push(result),
                // A worker's panic is a bug and must not be mistaken for a result.
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                // No thread to be had: this one does the work.
                Err(_) => results.push(work()),
            }
        }
        results
    })
}
