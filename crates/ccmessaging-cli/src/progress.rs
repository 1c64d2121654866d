//! Progress bars.

use std::fmt::Write;
use std::time::Duration;

use ccmessaging_client::Progress as Counters;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use tokio::time::interval;

/// How often the bar is redrawn.
const TICK: Duration = Duration::from_millis(120);

const FILES: &str =
    "{spinner} {prefix} [{bar:20}] {bytes}/{total_bytes}, {bytes_per_sec}, {left} left: {wide_msg}";
const WAIT: &str = "{spinner} {msg}: waiting for {waited}, at most {prefix}";

/// Progress on standard error; hidden if that is not a terminal.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    files: usize,
    started: usize,
    /// The bytes of the previous files.
    done: u64,
    /// Counts how much of a request's body was handed to the socket.
    counters: Counters,
}

impl Progress {
    /// Returns a bar for `files` files with `total_bytes` bytes.
    pub(crate) fn over(files: usize, total_bytes: u64) -> Self {
        Self::with(drawn(ProgressBar::new(total_bytes), FILES), files)
    }

    /// Returns a hidden bar.
    pub(crate) fn none() -> Self {
        Self::with(ProgressBar::hidden(), 0)
    }

    fn with(bar: ProgressBar, files: usize) -> Self {
        Self {
            bar,
            files,
            started: 0,
            done: 0,
            counters: Counters::default(),
        }
    }

    /// Returns the counters that an upload has to update.
    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Starts the next file.
    pub(crate) fn begin(&mut self, name: String) {
        self.started += 1;
        let prefix = format!("file {} of {}", self.started, self.files);
        self.bar.set_prefix(prefix);
        self.bar.set_message(name);
    }

    /// Moves the bar while `upload` sends a file of `file_bytes` in a body of `body_bytes`.
    pub(crate) async fn follow<T>(
        &self,
        file_bytes: u64,
        body_bytes: u64,
        upload: impl Future<Output = T>,
    ) -> T {
        let mut upload = std::pin::pin!(upload);
        let mut ticks = interval(TICK);
        loop {
            tokio::select! {
                done = &mut upload => return done,
                _ = ticks.tick() => {
                    let sent = self.counters.sent_bytes().min(body_bytes);
                    // Sizes are far below 2^32.
                    let of_file = sent.saturating_mul(file_bytes) / body_bytes.max(1);
                    self.bar.set_position(self.done + of_file);
                }
            }
        }
    }

    /// Finishes a file of `bytes` bytes.
    pub(crate) fn end(&mut self, bytes: u64) {
        self.done += bytes;
        self.bar.set_position(self.done);
    }

    /// Hides the bar while `print` runs.
    pub(crate) fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A spinner that is shown until it is dropped.
#[derive(Debug)]
pub(crate) struct Waiting(ProgressBar);

impl Waiting {
    /// Shows the step and its timeout.
    pub(crate) fn new(step: &'static str, limit: Duration) -> Self {
        let bar = ProgressBar::new_spinner()
            .with_message(step)
            .with_prefix(seconds(limit));
        Self(drawn(bar, WAIT))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Draws `bar` on standard error; hidden if that is not a terminal.
fn drawn(bar: ProgressBar, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).expect("a valid template");
    let style = style
        .with_key("left", |state: &ProgressState, text: &mut dyn Write| {
            // Writing to a string does not fail.
            let _ = text.write_str(&seconds(state.eta()));
        })
        .with_key("waited", |state: &ProgressState, text: &mut dyn Write| {
            let _ = text.write_str(&seconds(state.elapsed()));
        });
    bar.set_style(style);
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if !bar.is_hidden() {
        bar.enable_steady_tick(TICK);
    }
    bar
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs())
}
