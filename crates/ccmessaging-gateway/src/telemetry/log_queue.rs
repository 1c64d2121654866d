//! Writes log lines from a separate thread.
//!
//! The output may be a pipe that is not read. A write to it blocks once the pipe is full, and
//! must block neither an upload nor the stop of the program.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// The most bytes that wait to be written: about 2,000 lines of uploads.
const MAX_WAITING_BYTES: usize = 1024 * 1024;

/// How long [`LogGuard`] waits at the end of the program for the last lines.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The lines of this process that were not written. There is one log, so there is one count.
static LINES_LOST: AtomicU64 = AtomicU64::new(0);

/// Returns the number of log lines that were lost because the output was not read.
pub(super) fn lines_lost() -> u64 {
    LINES_LOST.load(Ordering::Relaxed)
}

/// A bounded queue of lines for one writing thread. Clones share the queue.
#[derive(Clone, Debug, Default)]
pub(super) struct LogQueue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Notified when lines are added, and when lines were written.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<u8>,
    is_writing: bool,
}

impl LogQueue {
    /// Starts the thread that writes to `output`.
    pub(super) fn start(mut output: impl Write + Send + 'static) -> io::Result<Self> {
        let queue = Self::default();
        let lines = queue.clone();
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || {
                loop {
                    lines.write_waiting(&mut output);
                }
            })?;
        Ok(queue)
    }

    /// Waits for lines and writes them.
    fn write_waiting(&self, output: &mut impl Write) {
        let is_empty = |queue: &mut Queue| queue.waiting.is_empty();
        let queue = self.0.changed.wait_while(self.queue(), is_empty);
        let mut queue = queue.unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut queue.waiting);
        queue.is_writing = true;
        drop(queue);
        if output
            .write_all(&lines)
            .and_then(|()| output.flush())
            .is_err()
        {
            let count = lines.split_inclusive(|&byte| byte == b'\n').count();
            LINES_LOST.fetch_add(count as u64, Ordering::Relaxed);
        }
        self.queue().is_writing = false;
        self.0.changed.notify_all();
    }

    /// Waits until all lines are written, but not for longer than the timeout.
    fn flush(&self, timeout: Duration) {
        let is_busy = |queue: &mut Queue| queue.is_writing || !queue.waiting.is_empty();
        // After a timeout, the last lines are lost.
        drop(
            self.0
                .changed
                .wait_timeout_while(self.queue(), timeout, is_busy),
        );
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Each change to the queue is complete in itself, so a panic elsewhere leaves it consistent.
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MakeWriter<'_> for LogQueue {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Each call adds one line: `tracing_subscriber` formats a line first, then writes it at once.
impl Write for LogQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut queue = self.queue();
        if queue.waiting.len() + line.len() > MAX_WAITING_BYTES {
            LINES_LOST.fetch_add(1, Ordering::Relaxed);
        } else {
            queue.waiting.extend_from_slice(line);
            drop(queue);
            self.0.changed.notify_all();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the waiting log lines when dropped, for one second at most. Keep it until the program ends.
#[derive(Debug)]
#[must_use = "dropping it at once would flush the log before the first line"]
pub struct LogGuard {
    /// Dropped after the log is flushed.
    #[cfg(feature = "otlp")]
    pub(super) _exporter: Option<super::otlp::Exporter>,
    pub(super) queue: Option<LogQueue>,
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        if let Some(queue) = &self.queue {
            queue.flush(FLUSH_TIMEOUT);
        }
    }
}
