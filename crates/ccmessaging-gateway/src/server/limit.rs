//! The limit of connections. Where it is reached, a new one takes the place of the one that has been
//! idle for longest: between two requests, or without the whole head of one yet. If none is idle, the
//! service is asked to end a request.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use crate::sync::lock;

/// How long one connection may take to end before another one has to.
const INTERVAL: Duration = Duration::from_millis(100);

/// The limit, shared by all runtimes of a server.
pub(super) struct ConnectionLimit {
    permits: Arc<Semaphore>,
    idle: Mutex<Idle>,
    became_idle: Notify,
    /// Asks the service to end a request whose client keeps it waiting; `false` if there is none.
    end_request: Box<dyn Fn() -> bool + Send + Sync>,
}

impl fmt::Debug for ConnectionLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionLimit").finish_non_exhaustive()
    }
}

/// The idle connections, in the order in which they became idle.
#[derive(Debug, Default)]
struct Idle {
    next_number: u64,
    connections: BTreeMap<u64, Arc<Notify>>,
}

/// One connection's share of the limit, and whether it is idle; at first it is.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    limit: Arc<ConnectionLimit>,
    /// Its number among the idle; `None` while it has a request.
    idle_number: Mutex<Option<u64>>,
    close: Arc<Notify>,
    /// Another connection waits for its place.
    is_wanted: AtomicBool,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimit {
    pub(super) fn new(
        max_connections: usize,
        end_request: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
            became_idle: Notify::new(),
            end_request: Box::new(end_request),
        }
    }

    /// A slot for one more connection, as soon as there is one.
    pub(super) async fn slot(self: &Arc<Self>) -> ConnectionSlot {
        let permit = Arc::clone(&self.permits).acquire_owned();
        tokio::pin!(permit);
        let permit = tokio::select! {
            biased;
            permit = &mut permit => permit,
            never = self.make_room() => never,
        };
        let slot = ConnectionSlot {
            limit: Arc::clone(self),
            idle_number: Mutex::default(),
            close: Arc::new(Notify::new()),
            is_wanted: AtomicBool::new(false),
            _permit: permit.expect("the semaphore is never closed"),
        };
        slot.idle();
        slot
    }

    /// Ends connections, one at a time, until the caller has its slot.
    async fn make_room(&self) -> ! {
        loop {
            let became_idle = self.became_idle.notified();
            let longest = self.idle().connections.pop_first();
            if let Some((_, close)) = longest {
                close.notify_one();
                // It is closed at once, unless it got a request at the same moment.
                sleep(INTERVAL).await;
            } else {
                // The connection becomes idle with the answer.
                (self.end_request)();
                let _ = timeout(INTERVAL, became_idle).await;
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        lock(&self.idle)
    }
}

impl ConnectionSlot {
    /// The connection waits for a request from now on, or is closed if its place is wanted.
    pub(super) fn idle(&self) {
        let mut idle = self.limit.idle();
        let number = idle.next_number;
        idle.next_number += 1;
        idle.connections.insert(number, Arc::clone(&self.close));
        drop(idle);
        *self.idle_number() = Some(number);
        if self.is_wanted() {
            self.close.notify_one();
        } else {
            self.limit.became_idle.notify_waiters();
        }
    }

    /// The connection has a request from now on. If it was about to be closed, it is after the answer.
    pub(super) fn busy(&self) {
        if let Some(number) = self.idle_number().take() {
            let is_wanted = self.limit.idle().connections.remove(&number).is_none();
            self.is_wanted.store(is_wanted, Ordering::Relaxed);
        }
    }

    /// Whether another one waits for the place of this connection, which has a request.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed)
    }

    /// Completes when the connection is idle and another one waits for its place.
    pub(super) async fn must_close(&self) {
        loop {
            self.close.notified().await;
            if self.idle_number().is_some() {
                return;
            }
        }
    }

    fn idle_number(&self) -> MutexGuard<'_, Option<u64>> {
        lock(&self.idle_number)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.busy();
    }
}
