//! The progress line on a terminal.

use super::report::thousands;
use indicatif::{BinaryBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use sumoql::run::execute::Progress;

/// Draws the progress of a run until it is dropped.
pub(super) struct Bar {
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Starts to draw on standard error: how much of `total` bytes, if that is known, was `consumed`. What is over in a
    /// moment shows nothing.
    pub fn start(progress: Arc<Progress>, total: Option<u64>, consumed: Arc<AtomicU64>) -> Bar {
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
    let bar = bar(total, ProgressDrawTarget::stderr());
    loop {
        let (_, columns) = console::Term::stderr().size();
        show(&bar, progress, consumed.load(Ordering::Relaxed), start.elapsed(), columns.into());
        if wait(Duration::from_millis(150)) {
            break;
        }
    }
    bar.finish_and_clear();
}

/// The columns of the bar and the share.
const BESIDE: usize = 24 + 1 + 4 + 2;

/// A bar, or, when the end is not known, a sign that something is going on.
fn bar(total: Option<u64>, target: ProgressDrawTarget) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(total, target);
    let template = if total.is_some() { "{bar:24} {percent:>3}%  {msg}" } else { "{spinner} {msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("#>-"));
    }
    bar
}

/// Shows what was done in this time, in one row of so many columns: of several, all but the last would stay.
fn show(bar: &ProgressBar, progress: &Progress, consumed: u64, took: Duration, columns: usize) {
    let available = columns.saturating_sub(BESIDE).max(20);
    let progress_line = progress_line(progress, consumed, bar.length(), took);
    bar.set_message(console::truncate_str(&progress_line, available, "…").into_owned());
    bar.set_position(consumed);
    if bar.length().is_none() {
        bar.tick();
    }
}

/// Bytes, how fast, how long yet, and messages.
fn progress_line(progress: &Progress, consumed: u64, total: Option<u64>, took: Duration) -> String {
    let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let messages = count(&progress.messages);
    let all = messages + count(&progress.messages_before);
    let seconds = took.as_secs_f64().max(0.001);
    // What was consumed begins anew with each pass over the input; the rate is that of all passes.
    let bytes = count(&progress.bytes_before) + consumed;
    let mut text = String::new();
    if count(&progress.asking) > 0 {
        text.push_str("subquery: ");
    }
    let of = total.map_or(String::new(), |total| format!(" of {}", BinaryBytes(total)));
    text.push_str(&format!("{}{of}, {}/s", BinaryBytes(consumed), BinaryBytes((bytes as f64 / seconds) as u64)));
    let left = total.map(|total| total.saturating_sub(consumed)).filter(|left| *left > 0 && bytes > 0);
    if let Some(left) = left {
        text.push_str(&format!(", {} left", clock((left as f64 * seconds / bytes as f64) as u64)));
    }
    let rate = (all as f64 / seconds) as u64;
    let [messages, in_scope, rate] = [messages, count(&progress.in_scope), rate].map(thousands);
    text.push_str(&format!("  {messages} messages, {in_scope} in scope, {rate}/s"));
    text
}

/// Seconds as `4:05` or `1:04:05`.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;
    use std::sync::Mutex;

    /// A terminal of 150 columns that keeps what is written on it.
    #[derive(Clone, Debug, Default)]
    struct Paper(Arc<Mutex<String>>);

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            150
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn drawn(total: Option<u64>, consumed: u64, seconds: u64) -> String {
        drawn_in(150, total, consumed, seconds)
    }

    fn drawn_in(columns: usize, total: Option<u64>, consumed: u64, seconds: u64) -> String {
        let progress = Progress::default();
        progress.messages.store(30_000, Ordering::Relaxed);
        progress.in_scope.store(1_200, Ordering::Relaxed);
        let paper = Paper::default();
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(paper.clone()), 255);
        let bar = bar(total, target);
        bar.set_message("");
        show(&bar, &progress, consumed, Duration::from_secs(seconds), columns);
        bar.force_draw();
        let text = paper.0.lock().unwrap();
        text.trim_end().to_string()
    }

    #[test]
    fn a_known_end_has_a_bar_and_the_time_left() {
        let text = drawn(Some(4 << 20), 1 << 20, 10);
        let expected = " 25%  1.00 MiB of 4.00 MiB, 102.40 KiB/s, 0:30 left  30,000 messages, 1,200 in scope, 3,000/s";
        assert!(text.ends_with(expected), "{text}");
        assert!(text.starts_with("######>-----------------"), "{text}");
        let end = drawn(Some(4 << 20), 4 << 20, 10);
        assert!(end.contains("100%  4.00 MiB of 4.00 MiB, ") && !end.contains(" left"), "{end}");
        assert!(!drawn(Some(4 << 20), 0, 10).contains(" left"), "no rate yet");
        let narrow = drawn_in(80, Some(4 << 20), 1 << 20, 10);
        assert!(narrow.chars().count() == 80 && narrow.ends_with('…'), "{narrow}");
    }

    #[test]
    fn an_unknown_end_has_a_counter() {
        let text = drawn(None, 3 << 20, 2);
        let expected = " 3.00 MiB, 1.50 MiB/s  30,000 messages, 1,200 in scope, 15,000/s";
        assert!(text.ends_with(expected) && !text.contains('%'), "{text}");
    }

    #[test]
    fn times_are_those_of_a_clock() {
        assert_eq!([0, 59, 60, 3599, 3661].map(clock), ["0:00", "0:59", "1:00", "59:59", "1:01:01"]);
    }
}
