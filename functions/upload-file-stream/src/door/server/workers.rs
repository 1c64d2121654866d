//! The threads that serve connections.

use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use axum::Router;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;

/// How many tasks are polled before new connections and what has come for others are looked at. With
/// Tokio's own numbers, 61 and 31, a short request waits for that many steps of large uploads.
const TASKS_BETWEEN_EVENTS: u32 = 4;

/// Threads that serve connections, each with a runtime of its own.
///
/// A connection stays on its thread. All that an upload waits for, its client, the upstream and the
/// time, then wakes the thread that goes on with it; one runtime for all threads would wake another
/// one for most of these steps, which costs more than many of the steps do.
#[derive(Debug)]
pub struct Workers {
    all: Vec<Worker>,
    /// Dropped, it ends the threads.
    running: watch::Sender<()>,
}

#[derive(Debug)]
pub(super) struct Worker {
    runtime: Handle,
    router: Router,
    /// The thread that was started for it, if it is not the program's first.
    thread: Option<JoinHandle<()>>,
    /// A clone for each open connection.
    connections: Arc<()>,
}

/// A runtime for one thread that serves connections.
///
/// # Errors
///
/// The system grants no event queue.
pub fn worker_runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_all()
        .event_interval(TASKS_BETWEEN_EVENTS)
        .global_queue_interval(TASKS_BETWEEN_EVENTS)
        .build()
}

impl Workers {
    /// As many as this process may use processors. The runtime that this is called on is one of
    /// them; threads are started for the others.
    ///
    /// `router` makes the service of each: what it shares with the others is up to it.
    ///
    /// # Errors
    ///
    /// A thread or its runtime cannot be started.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn for_each_processor(mut router: impl FnMut() -> Router) -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut started = Self::on_this_runtime(router());
        for number in 1..processors {
            let (ready, runtime) = mpsc::channel();
            let mut running = started.running.subscribe();
            // The thread makes its runtime itself: one must not be dropped within another, which
            // is what a failure to start the thread would come to.
            let serve = move || match worker_runtime() {
                Ok(runtime) => {
                    let _ = ready.send(Ok(runtime.handle().clone()));
                    runtime.block_on(async { while running.changed().await.is_ok() {} });
                    // A name that is still being looked up is not waited for.
                    runtime.shutdown_background();
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            };
            let thread = thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(serve)?;
            let runtime = runtime.recv().map_err(io::Error::other)??;
            started.all.push(Worker {
                thread: Some(thread),
                ..Worker::new(runtime, router())
            });
        }
        Ok(started)
    }

    /// The runtime that this is called on, and no other.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    #[must_use]
    pub fn on_this_runtime(router: Router) -> Self {
        Self {
            all: vec![Worker::new(Handle::current(), router)],
            running: watch::Sender::default(),
        }
    }

    /// Ends the threads, and with them the connections that are left: what they say of that is
    /// said when this returns.
    pub fn stop(self) {
        drop(self.running);
        for thread in self.all.into_iter().filter_map(|worker| worker.thread) {
            // One that panicked has said so.
            let _ = thread.join();
        }
    }

    /// The one with the fewest open connections of those that run. One that ended, by a panic
    /// outside of any connection, would drop each connection that it is given.
    pub(super) fn with_fewest_connections(&self) -> &Worker {
        self.all
            .iter()
            .filter(|worker| worker.is_running())
            .min_by_key(|worker| Arc::strong_count(&worker.connections))
            .expect("there is always this runtime")
    }
}

impl Worker {
    fn new(runtime: Handle, router: Router) -> Self {
        Self {
            runtime,
            router,
            thread: None,
            connections: Arc::default(),
        }
    }

    fn is_running(&self) -> bool {
        !self.thread.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// Serves a connection on this worker's thread.
    pub(super) fn spawn<F>(&self, connection: impl FnOnce(Router) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let open = Arc::clone(&self.connections);
        let router = self.router.clone();
        self.runtime.spawn(async move {
            connection(router).await;
            drop(open);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future;

    use tokio::sync::{mpsc, oneshot};
    use tokio::time::{Duration, timeout};

    use super::*;

    #[tokio::test]
    async fn every_worker_gets_as_many_connections_as_the_others() {
        let workers = Workers::for_each_processor(Router::new).expect("threads can be started");
        let count = workers.all.len();
        let (report, mut reports) = mpsc::unbounded_channel();
        for _ in 0..2 * count {
            let report = report.clone();
            workers
                .with_fewest_connections()
                .spawn(move |_| async move {
                    report.send(thread::current().id()).expect("it is awaited");
                    report.closed().await;
                });
        }
        let mut threads = Vec::new();
        while threads.len() < 2 * count {
            reports.recv_many(&mut threads, 1).await;
        }
        for thread in &threads {
            let share = threads.iter().filter(|other| *other == thread).count();
            assert_eq!(share, 2, "{threads:?}");
        }
    }

    #[tokio::test]
    async fn a_thread_that_ended_gets_no_connection() {
        let mut workers = Workers::for_each_processor(Router::new).expect("threads can be started");
        // In place of a panic: its runtime is gone just the same.
        workers.running = watch::Sender::default();
        while workers.all[1..].iter().any(Worker::is_running) {
            tokio::task::yield_now().await;
        }
        for _ in 0..2 * workers.all.len() {
            let (report, reported) = oneshot::channel();
            workers
                .with_fewest_connections()
                .spawn(move |_| async move {
                    report.send(thread::current().id()).expect("it is awaited");
                    future::pending::<()>().await;
                });
            assert_eq!(reported.await, Ok(thread::current().id()));
        }
    }

    #[tokio::test]
    async fn a_connection_that_ended_is_not_counted() {
        let workers = Workers::on_this_runtime(Router::new());
        let worker = workers.with_fewest_connections();
        worker.spawn(|_| async {});
        assert_eq!(Arc::strong_count(&worker.connections), 2);
        let ended = async {
            while Arc::strong_count(&worker.connections) > 1 {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(30), ended)
            .await
            .expect("it ends");
    }
}
