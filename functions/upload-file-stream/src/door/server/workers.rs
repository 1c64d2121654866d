//! The threads that serve connections.

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use axum::Router;
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

/// Threads that serve connections, each with a runtime of its own.
///
/// A connection stays on its thread. All that an upload waits for, its client, the upstream and the
/// time, then wakes the thread that goes on with it; one runtime for all threads would wake another
/// one for most of these steps, which costs more than many of the steps do.
#[derive(Debug)]
pub struct Workers {
    workers: Vec<Worker>,
    /// Dropped, it ends the threads.
    running: watch::Sender<()>,
}

#[derive(Debug)]
pub(super) struct Worker {
    runtime: Handle,
    router: Router,
    /// A clone for each open connection.
    connections: Arc<()>,
}

impl Workers {
    /// As many as this process may use processors. The runtime that this is called on is one of
    /// them; threads are started for the others.
    ///
    /// `router` makes the service of each: what it shares with the others is up to it.
    ///
    /// # Errors
    ///
    /// A thread cannot be started.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime.
    pub fn for_each_processor(mut router: impl FnMut() -> Router) -> io::Result<Self> {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let mut started = Self::on_this_runtime(router());
        for number in 1..processors {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            started
                .workers
                .push(Worker::new(runtime.handle().clone(), router()));
            let mut running = started.running.subscribe();
            thread::Builder::new()
                .name(format!("worker-{number}"))
                // An error says that nothing keeps the threads running any more.
                .spawn(move || runtime.block_on(running.wait_for(|()| false)).is_err())?;
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
            workers: vec![Worker::new(Handle::current(), router)],
            running: watch::Sender::default(),
        }
    }

    /// The one with the fewest open connections.
    pub(super) fn idlest(&self) -> &Worker {
        self.workers
            .iter()
            .min_by_key(|worker| Arc::strong_count(&worker.connections))
            .expect("there is always this runtime")
    }
}

impl Worker {
    fn new(runtime: Handle, router: Router) -> Self {
        Self {
            runtime,
            router,
            connections: Arc::default(),
        }
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
    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn every_worker_gets_as_many_connections_as_the_others() {
        let workers = Workers::for_each_processor(Router::new).expect("threads can be started");
        let count = workers.workers.len();
        let (report, mut reports) = mpsc::unbounded_channel();
        for _ in 0..2 * count {
            let report = report.clone();
            workers.idlest().spawn(move |_| async move {
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
    async fn a_connection_that_ended_is_not_counted() {
        let workers = Workers::on_this_runtime(Router::new());
        let worker = workers.idlest();
        worker.spawn(|_| async {});
        assert_eq!(Arc::strong_count(&worker.connections), 2);
        while Arc::strong_count(&worker.connections) > 1 {
            tokio::task::yield_now().await;
        }
    }
}
