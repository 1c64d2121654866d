//! The threads that serve connections.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;
use tokio::time::timeout;

/// The number of tasks that a worker polls between two checks for I/O events. With Tokio's defaults
/// (61, and 31 for tasks from other threads), a small upload waits for that many steps of large ones.
const EVENT_INTERVAL: u32 = 4;

/// How long a stop waits for the threads. Dropping a request takes microseconds, but a thread may be
/// validating a large file.
const STOP_TIMEOUT: Duration = Duration::from_secs(1);

/// The threads that serve connections, each with a single-threaded runtime.
///
/// A connection stays on one thread. On a work-stealing runtime, most steps of an upload would wake
/// another thread, which costs a sixth of its CPU time. Clones share the threads. [`stop`](Self::stop) ends
/// them, or dropping the last clone.
///
/// This is `tokio_util::task::LocalPoolHandle` with a shorter event interval, which that does not let
/// its users set. Beside 16 uploads of 5 MB, a health check takes 2.3 to 3 times as long without it.
#[derive(Clone, Debug)]
pub struct Workers {
    workers: Arc<[Worker]>,
    /// Each thread holds a receiver until it has ended.
    stopping: watch::Sender<()>,
}

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    /// Each connection holds a clone.
    connections: Arc<()>,
}

impl Workers {
    /// Starts a thread for each processor.
    ///
    /// # Errors
    ///
    /// A thread cannot be started.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let (stopping, _) = watch::channel(());
        let workers = (0..count).map(|number| Worker::start(number, stopping.subscribe()));
        Ok(Self {
            workers: workers.collect::<io::Result<_>>()?,
            stopping,
        })
    }

    /// Ends the threads, for all clones, and waits until they have dropped their requests, which report that
    /// they were abandoned. Call it before the process exits, or those log lines are lost.
    pub async fn stop(self) {
        self.stopping.send_replace(());
        // After a timeout, the lines of the remaining requests are lost.
        let _ = timeout(STOP_TIMEOUT, self.stopping.closed()).await;
    }

    /// Creates a value for each worker.
    pub(super) fn create_each<T>(&self, create: impl Fn() -> T) -> Vec<T> {
        self.workers.iter().map(|_| create()).collect()
    }

    /// Spawns the task of a connection on the worker that has the fewest connections, with the worker's
    /// value of `values`.
    pub(super) fn spawn<T, F>(&self, values: &[T], connection: impl FnOnce(&T) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let load = |(worker, _): &(&Worker, &T)| Arc::strong_count(&worker.connections);
        let Some((worker, value)) = self.workers.iter().zip(values).min_by_key(load) else {
            // There is at least one worker.
            return;
        };
        let counted = Arc::clone(&worker.connections);
        let connection = connection(value);
        worker.runtime.spawn(async move {
            connection.await;
            drop(counted);
        });
    }
}

impl Worker {
    fn start(number: usize, mut stopping: watch::Receiver<()>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .event_interval(EVENT_INTERVAL)
            .global_queue_interval(EVENT_INTERVAL)
            .build()?;
        let handle = runtime.handle().clone();
        let run = move || {
            // An error means that the last sender was dropped.
            let _ = runtime.block_on(stopping.changed());
            // Without waiting for DNS lookups, which may block for seconds.
            runtime.shutdown_background();
            drop(stopping);
        };
        thread::Builder::new()
            .name(format!("server-{number}"))
            .spawn(run)?;
        Ok(Self {
            runtime: handle,
            connections: Arc::default(),
        })
    }
}
