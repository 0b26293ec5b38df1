//! The progress line on a terminal.

use super::report::thousands;
use crate::input::Opened;
use crate::run::execute::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Draws the progress of a run until it is dropped.
pub(super) struct Bar {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Starts to draw on standard error. What is over in a moment shows nothing.
    pub fn start(progress: Arc<Progress>, opened: &Opened) -> Bar {
        let (total, consumed) = (opened.total_bytes(), opened.consumed());
        let done = Arc::new(AtomicBool::new(false));
        let seen = done.clone();
        let thread =
            std::thread::Builder::new().name("progress".into()).spawn(move || draw(&progress, total, &consumed, &seen));
        Bar { done, thread: thread.ok() }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.done.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn draw(progress: &Progress, total: Option<u64>, consumed: &AtomicU64, done: &AtomicBool) {
    let start = Instant::now();
    let wait = |time| {
        std::thread::park_timeout(time);
        done.load(Ordering::Relaxed)
    };
    if wait(Duration::from_millis(400)) {
        return;
    }
    let bar = match total {
        Some(total) => ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr()),
        None => ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()),
    };
    let template = match total {
        Some(_) => "{bar:24} {percent}% of {total_bytes}  {msg}",
        None => "{spinner} {bytes}  {msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("#>-"));
    }
    loop {
        let messages = progress.messages.load(Ordering::Relaxed);
        let in_scope = progress.in_scope.load(Ordering::Relaxed);
        let all = messages + progress.messages_before.load(Ordering::Relaxed);
        let rate = all as f64 / start.elapsed().as_secs_f64().max(0.001);
        let told = [thousands(messages), thousands(in_scope), thousands(rate as u64)];
        bar.set_position(consumed.load(Ordering::Relaxed));
        let asking = if progress.asking.load(Ordering::Relaxed) > 0 { "subquery: " } else { "" };
        bar.set_message(format!("{asking}{} messages, {} in scope, {} a second", told[0], told[1], told[2]));
        if wait(Duration::from_millis(150)) {
            break;
        }
    }
    bar.finish_and_clear();
}
