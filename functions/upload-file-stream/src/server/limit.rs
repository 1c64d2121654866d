//! The limit of connections. Where it is reached, a new one takes the place of the one that has been
//! idle for longest: between two requests, or without the whole head of one yet.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The limit, shared by all runtimes of a server.
#[derive(Debug)]
pub(super) struct ConnectionLimit {
    permits: Arc<Semaphore>,
    idle: Mutex<Idle>,
    became_idle: Notify,
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
    pub(super) fn new(max_connections: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
            became_idle: Notify::new(),
        }
    }

    /// A slot for one more connection, as soon as there is one.
    pub(super) async fn slot(self: &Arc<Self>) -> ConnectionSlot {
        let permit = Arc::clone(&self.permits).acquire_owned();
        tokio::pin!(permit);
        let permit = tokio::select! {
            biased;
            permit = &mut permit => permit,
            () = self.close_longest_idle() => permit.await,
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

    /// Waits for an idle connection and has it closed.
    async fn close_longest_idle(&self) {
        loop {
            let longest = self.idle().connections.pop_first();
            if let Some((_, close)) = longest {
                close.notify_one();
                return;
            }
            self.became_idle.notified().await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        // Every change under this lock is complete in itself, so a panic elsewhere spoils nothing.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionSlot {
    /// The connection waits for a request from now on.
    pub(super) fn idle(&self) {
        let mut idle = self.limit.idle();
        let number = idle.next_number;
        idle.next_number += 1;
        idle.connections.insert(number, Arc::clone(&self.close));
        drop(idle);
        *self.idle_number() = Some(number);
        self.limit.became_idle.notify_one();
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
        self.idle_number
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.busy();
    }
}
