//! The limit on open connections.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// How long an evicted connection may take to close before another one is evicted.
const EVICTION_INTERVAL: Duration = Duration::from_millis(100);

/// The idle number of a connection that has a request or an unsent response.
const BUSY: u64 = 0;

/// Limits the open connections.
///
/// At the limit, a new connection replaces the one that has been idle for longest: between two requests, or
/// without a complete request head. Otherwise, clients that open connections and send nothing would lock
/// everybody else out for `HEAD_TIMEOUT_MS`.
pub(super) struct ConnectionLimit {
    permits: Arc<Semaphore>,
    /// Ordered by when the connections became idle.
    idle: Mutex<BTreeMap<u64, Arc<Notify>>>,
    next_idle_number: AtomicU64,
    /// A connection waits for a slot, and none is idle.
    is_full: AtomicBool,
    is_stopping: AtomicBool,
    on_full: Box<dyn Fn() + Send + Sync>,
}

/// An open connection's share of the limit. Dropping it admits the next connection.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    limit: Arc<ConnectionLimit>,
    /// Its key in [`ConnectionLimit::idle`], or [`BUSY`]. Only the connection's own task uses it.
    idle_number: AtomicU64,
    /// How many of its requests have an unsent response: more than one if the client sends requests
    /// without waiting.
    busy: AtomicUsize,
    evict: Arc<Notify>,
    close: Arc<Notify>,
    _permit: OwnedSemaphorePermit,
}

impl ConnectionLimit {
    /// Creates a limit that calls `on_full` every 100 ms while a connection waits for a slot and none is idle.
    pub(super) fn new(max_connections: usize, on_full: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
            next_idle_number: AtomicU64::new(BUSY + 1),
            is_full: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
            on_full: Box::new(on_full),
        }
    }

    /// Waits for a slot. The connection starts out idle.
    pub(super) async fn acquire(self: &Arc<Self>) -> ConnectionSlot {
        let permit = tokio::select! {
            biased;
            permit = Arc::clone(&self.permits).acquire_owned() => permit,
            never = self.make_room() => never,
        };
        self.is_full.store(false, Relaxed);
        let slot = ConnectionSlot {
            limit: Arc::clone(self),
            idle_number: AtomicU64::new(BUSY),
            busy: AtomicUsize::new(0),
            evict: Arc::default(),
            close: Arc::default(),
            _permit: permit.expect("the semaphore is never closed"),
        };
        slot.set_idle();
        slot
    }

    /// Closes each connection after its next response, which announces it.
    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
    }

    /// Ends one connection after another until the caller has its slot.
    async fn make_room(&self) -> ! {
        loop {
            let longest_idle = self.idle().pop_first();
            if let Some((_, evict)) = longest_idle {
                evict.notify_one();
            } else {
                self.is_full.store(true, Relaxed);
                (self.on_full)();
            }
            // An evicted connection closes at once, unless its next request has just arrived.
            sleep(EVICTION_INTERVAL).await;
        }
    }

    fn idle(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Notify>>> {
        // Each change to the map is complete in itself, so a panic elsewhere leaves it consistent.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionSlot {
    /// Marks the connection as waiting for its next request.
    fn set_idle(&self) {
        let number = self.limit.next_idle_number.fetch_add(1, Relaxed);
        self.limit.idle().insert(number, Arc::clone(&self.evict));
        self.idle_number.store(number, Relaxed);
    }

    fn set_busy(&self) {
        let number = self.idle_number.swap(BUSY, Relaxed);
        self.limit.idle().remove(&number);
    }

    /// Returns whether to close the connection after its current response: because another one waits for
    /// its slot, or because the server stops. Announcing it in the response loses no request, unlike evicting
    /// an idle connection.
    pub(super) fn closes_after_response(&self) -> bool {
        self.limit.is_full.load(Relaxed) || self.limit.is_stopping.load(Relaxed)
    }

    /// Completes when the client takes too long to receive a response.
    pub(super) async fn send_timed_out(&self) {
        self.close.notified().await;
    }

    /// Completes when the connection is to be closed for another one.
    pub(super) async fn evicted(&self) {
        loop {
            self.evict.notified().await;
            // A request that arrived at the moment of eviction is still served.
            if self.idle_number.load(Relaxed) != BUSY {
                return;
            }
        }
    }
}

/// Protects a connection from eviction while it has a request or an unsent response.
#[derive(Debug)]
pub(super) struct Busy(Arc<ConnectionSlot>);

impl Busy {
    pub(super) fn new(slot: &Arc<ConnectionSlot>) -> Self {
        if slot.busy.fetch_add(1, Relaxed) == 0 {
            slot.set_busy();
        }
        Self(Arc::clone(slot))
    }

    /// Returns a handle that closes the connection. It does not keep the slot.
    pub(super) fn close_handle(&self) -> Arc<Notify> {
        Arc::clone(&self.0.close)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if self.0.busy.fetch_sub(1, Relaxed) == 1 {
            self.0.set_idle();
        }
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.set_busy();
    }
}

impl fmt::Debug for ConnectionLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionLimit").finish_non_exhaustive()
    }
}
