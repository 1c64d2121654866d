//! The threads that serve connections.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// The number of tasks that a worker polls between two checks for I/O events. With Tokio's defaults
/// (61, and 31 for tasks from other threads), a small upload waits for that many steps of large ones.
const EVENT_INTERVAL: u32 = 4;

/// The threads that serve connections, each with a single-threaded runtime.
///
/// A connection stays on one thread. On a work-stealing runtime, most steps of an upload would wake
/// another thread, which costs a sixth of its CPU time. Clones share the threads; dropping the last
/// clone ends them.
///
/// This is `tokio_util::task::LocalPoolHandle` with a shorter event interval, which that does not let
/// its users set. Beside 16 uploads of 5 MB, a health check takes 2.3 to 3 times as long without it.
#[derive(Clone, Debug)]
pub struct Workers(Arc<[Worker]>);

#[derive(Debug)]
struct Worker {
    runtime: Handle,
    /// Each connection holds a clone.
    connections: Arc<()>,
    /// The thread runs until this is dropped.
    _stop: oneshot::Sender<()>,
}

impl Workers {
    /// Starts a thread for each processor.
    ///
    /// # Errors
    ///
    /// A thread cannot be started.
    pub fn start() -> io::Result<Self> {
        let count = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        (0..count)
            .map(Worker::start)
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// Creates a value for each worker.
    pub(super) fn create_each<T>(&self, create: impl Fn() -> T) -> Vec<T> {
        self.0.iter().map(|_| create()).collect()
    }

    /// Spawns the task of a connection on the worker that has the fewest connections, with the worker's
    /// value of `values`.
    pub(super) fn spawn<T, F>(&self, values: &[T], connection: impl FnOnce(&T) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let load = |(worker, _): &(&Worker, &T)| Arc::strong_count(&worker.connections);
        let Some((worker, value)) = self.0.iter().zip(values).min_by_key(load) else {
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
    fn start(number: usize) -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .event_interval(EVENT_INTERVAL)
            .global_queue_interval(EVENT_INTERVAL)
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            // An error means that the sender was dropped.
            let _ = runtime.block_on(stopped);
            // Without waiting for DNS lookups, which may block for seconds.
            runtime.shutdown_background();
        };
        thread::Builder::new()
            .name(format!("server-{number}"))
            .spawn(run)?;
        Ok(Self {
            runtime: handle,
            connections: Arc::default(),
            _stop: stop,
        })
    }
}
