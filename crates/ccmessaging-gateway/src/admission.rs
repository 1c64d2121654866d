//! Admission control: memory for request bodies, and slots at the upstream.
//!
//! A body counts by the bytes received, not by its declared length, so a client that sends slowly holds
//! only what it has sent. When the memory is full, the body with the largest lag is evicted. A slot is
//! acquired for a complete body, so no upload holds one while its client is slow.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ccmessaging_client::Deadline;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// The pace that a client is expected to keep: half a megabit a second, as on a slow mobile
/// network. A client's lag is the time by which it is behind this pace.
const EXPECTED_BYTES_PER_SECOND: u32 = 64 * 1024;

/// A body with at most this lag is not evicted. Networks pause: a single lost packet costs a few
/// hundred milliseconds.
const TOLERATED_LAG: Duration = Duration::from_millis(500);

/// How long a complete body waits for a slot: as long as the `Retry-After` of a rejection. A longer
/// wait would hold the body's memory although its client could already retry.
const SLOT_TIMEOUT: Duration = Duration::from_secs(1);

/// The resources that all uploads share.
#[derive(Debug)]
pub(crate) struct Admission {
    memory: Arc<Memory>,
    slots: Semaphore,
}

/// The memory for request bodies.
#[derive(Debug)]
struct Memory {
    max_bytes: usize,
    bodies: Mutex<Bodies>,
}

/// The bodies of all uploads.
#[derive(Debug, Default)]
struct Bodies {
    /// The sum over all bodies.
    bytes: usize,
    next_id: u64,
    /// Without those that were evicted.
    by_id: BTreeMap<u64, Reserved>,
}

#[derive(Debug)]
struct Reserved {
    bytes: usize,
    /// Small bodies need no memory, but may be evicted to free their connection.
    is_small: bool,
    /// The client's lag is the time since this moment, which each received byte moves towards now.
    /// `None` once the body is complete: only an upstream slot is missing then, so evicting it would
    /// waste a finished transfer.
    lagging_since: Option<Instant>,
    evicted: Arc<Notify>,
}

/// The memory of one body, which is released on drop.
#[derive(Debug)]
pub(crate) struct Reservation {
    memory: Arc<Memory>,
    id: u64,
    evicted: Arc<Notify>,
}

/// The upload was rejected on entry: all memory or all slots are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overloaded;

/// The body was stopped because the memory is full or its connection is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evicted {
    /// It has the largest lag of all bodies.
    Slowest,
    /// No body lags, and it needed more memory than there is.
    Latest,
}

impl Admission {
    pub(crate) fn new(max_bytes: usize, max_slots: usize) -> Self {
        let memory = Memory {
            max_bytes,
            bodies: Mutex::default(),
        };
        Self {
            memory: Arc::new(memory),
            slots: Semaphore::new(max_slots),
        }
    }

    /// Admits an upload before its body is read. Rejects it if it could not finish anyway: the memory
    /// is full of bodies that cannot be evicted, or every slot is taken.
    ///
    /// No memory is reserved here, because a declared `Content-Length` costs a client nothing: only
    /// received bytes count.
    pub(crate) fn admit(&self) -> Result<Reservation, Overloaded> {
        let bodies = self.bodies();
        let has_memory =
            bodies.bytes < self.memory.max_bytes || bodies.slowest(|body| body.bytes > 0).is_some();
        if !has_memory || self.slots.available_permits() == 0 {
            return Err(Overloaded);
        }
        Ok(self.register(bodies, false))
    }

    /// Admits a body of at most a few KiB, whose bytes do not count and which needs no slot: uploads do not
    /// reject it. The limit of connections bounds the memory of such bodies.
    pub(crate) fn admit_small(&self) -> Reservation {
        self.register(self.bodies(), true)
    }

    fn register(&self, mut bodies: MutexGuard<'_, Bodies>, is_small: bool) -> Reservation {
        let id = bodies.next_id;
        bodies.next_id += 1;
        let evicted = Arc::default();
        let body = Reserved {
            bytes: 0,
            is_small,
            lagging_since: Some(Instant::now()),
            evicted: Arc::clone(&evicted),
        };
        bodies.by_id.insert(id, body);
        Reservation {
            memory: Arc::clone(&self.memory),
            id,
            evicted,
        }
    }

    /// Waits for a slot at the upstream, for a second or until the platform's deadline. The semaphore
    /// is fair: slots are granted in the order of the calls.
    pub(crate) async fn acquire_slot(
        &self,
        platform_deadline: Option<Deadline>,
    ) -> Result<SemaphorePermit<'_>, Overloaded> {
        let deadline = Deadline::after(SLOT_TIMEOUT).min_with(platform_deadline);
        match deadline.timeout(self.slots.acquire()).await {
            Some(Ok(slot)) => Ok(slot),
            // It timed out; the semaphore is never closed.
            Some(Err(_)) | None => Err(Overloaded),
        }
    }

    /// Evicts the body with the largest lag, also if it holds no memory yet; `false` if none lags.
    pub(crate) fn evict_slowest(&self) -> bool {
        let mut bodies = self.bodies();
        let slowest = bodies.slowest(|_| true);
        if let Some(id) = slowest {
            bodies.remove(id);
        }
        slowest.is_some()
    }

    fn bodies(&self) -> MutexGuard<'_, Bodies> {
        self.memory.bodies()
    }
}

impl Memory {
    /// Every change to the bodies is complete in itself, so a panic elsewhere cannot corrupt them.
    fn bodies(&self) -> MutexGuard<'_, Bodies> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Reserves memory for bytes that were received, and credits them to the client: it lags less by
    /// the time that they may take. At most its lag becomes zero, so that no client gains credit for
    /// a pause by sending fast before it.
    ///
    /// If the memory is full, evicts bodies until the bytes fit. This body is among them, so that a
    /// slow client cannot evict faster ones.
    pub(crate) fn reserve_bytes(&self, count: usize) -> Result<(), Evicted> {
        let mut bodies = self.memory.bodies();
        let body = bodies.by_id.get_mut(&self.id).ok_or(Evicted::Slowest)?;
        let counted = if body.is_small { 0 } else { count };
        body.bytes += counted;
        let credit = Duration::from_secs(u32::try_from(count).unwrap_or(u32::MAX).into())
            / EXPECTED_BYTES_PER_SECOND;
        body.lagging_since = body
            .lagging_since
            .map(|since| Instant::now().min(since + credit));
        bodies.bytes += counted;
        while bodies.bytes > self.memory.max_bytes {
            let slowest = bodies.slowest(|body| body.bytes > 0);
            // If no body lags, the one that asked for more is evicted, so that older ones finish.
            bodies.remove(slowest.unwrap_or(self.id));
            match slowest {
                None => return Err(Evicted::Latest),
                Some(id) if id == self.id => return Err(Evicted::Slowest),
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// Completes when the body is evicted.
    pub(crate) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// The whole body was received: from now on the client does not lag, and the body stays.
    pub(crate) fn complete(&self) -> Result<(), Evicted> {
        let mut bodies = self.memory.bodies();
        let body = bodies.by_id.get_mut(&self.id).ok_or(Evicted::Slowest)?;
        body.lagging_since = None;
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.memory.bodies().remove(self.id);
    }
}

impl Bodies {
    /// Of the bodies that match, the one with the largest lag, if that is more than tolerated.
    fn slowest(&self, matches: impl Fn(&Reserved) -> bool) -> Option<u64> {
        let lagging = self.by_id.iter().filter(|(_, body)| matches(body));
        let (since, id) = lagging
            .filter_map(|(&id, body)| Some((body.lagging_since?, id)))
            .min()?;
        (since.elapsed() > TOLERATED_LAG).then_some(id)
    }

    /// Removes a body that is evicted or done. The memory of an evicted one counts as free at once,
    /// although its task drops the bytes only when it is polled: it is woken, and to wait for it would
    /// block the body that needs the memory.
    fn remove(&mut self, id: u64) {
        if let Some(body) = self.by_id.remove(&id) {
            self.bytes -= body.bytes;
            body.evicted.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::time::advance;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const BYTES_PER_SECOND: usize = EXPECTED_BYTES_PER_SECOND as usize;

    fn admit(admission: &Admission) -> Reservation {
        admission.admit().expect("memory and a slot")
    }

    /// A body of this many bytes, of a client that then paused for so many seconds.
    async fn paused(admission: &Admission, bytes: usize, seconds: u32) -> Reservation {
        let body = admit(admission);
        body.reserve_bytes(bytes).expect("memory");
        advance(seconds * SECOND).await;
        body
    }

    #[tokio::test(start_paused = true)]
    async fn the_body_with_the_largest_lag_is_evicted() {
        let admission = Admission::new(1_000_000, 1);
        let slowest = paused(&admission, 500_000, 1).await;
        let slow = paused(&admission, 500_000, 9).await;
        let fast = admit(&admission);
        assert_eq!(fast.reserve_bytes(500_000), Ok(()));
        assert_eq!(slowest.evicted().now_or_never(), Some(()));
        assert_eq!(slowest.complete(), Err(Evicted::Slowest));
        assert_eq!(slow.complete(), Ok(()));
        // Its memory is released once.
        drop(slowest);
        assert_eq!(admission.bodies().bytes, 1_000_000);
        drop((slow, fast));
        assert_eq!(admission.bodies().bytes, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_lags_more_than_all_others_is_evicted_itself() {
        let admission = Admission::new(1_000_000, 1);
        let slowest = paused(&admission, 100_000, 1).await;
        let slow = paused(&admission, 900_000, 9).await;
        assert_eq!(slowest.reserve_bytes(1), Err(Evicted::Slowest));
        assert_eq!(slow.complete(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_pause_gets_no_body_evicted() {
        let admission = Admission::new(1_000_000, 1);
        let first = admit(&admission);
        first.reserve_bytes(900_000).expect("memory");
        let second = admit(&admission);
        advance(TOLERATED_LAG).await;
        assert_eq!(second.reserve_bytes(100_001), Err(Evicted::Latest));
        assert_eq!(first.reserve_bytes(100_000), Ok(()));
        assert_eq!(admission.admit().map(drop), Err(Overloaded));
        assert!(!admission.evict_slowest());
        assert_eq!(first.complete(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_complete_body_is_not_evicted() {
        let admission = Admission::new(1_000_000, 1);
        let complete = paused(&admission, 1_000_000, 10).await;
        complete.complete().expect("memory");
        advance(60 * SECOND).await;
        assert_eq!(admission.admit().map(drop), Err(Overloaded));
        assert!(!admission.evict_slowest());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_keeps_the_expected_pace_does_not_lag() {
        let admission = Admission::new(usize::MAX, 1);
        let body = admit(&admission);
        for _ in 0..60 {
            advance(SECOND).await;
            body.reserve_bytes(BYTES_PER_SECOND).expect("memory");
        }
        assert!(!admission.evict_slowest());
        // No credit is saved up.
        body.reserve_bytes(60 * BYTES_PER_SECOND).expect("memory");
        advance(SECOND).await;
        assert!(admission.evict_slowest());
        assert_eq!(body.reserve_bytes(1), Err(Evicted::Slowest));
        assert_eq!(admission.bodies().bytes, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn for_a_connection_a_body_is_evicted_that_holds_nothing_yet() {
        let admission = Admission::new(1_000_000, 1);
        let silent = admit(&admission);
        advance(SECOND).await;
        assert!(admission.evict_slowest());
        assert_eq!(silent.complete(), Err(Evicted::Slowest));
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_body_needs_no_slot_and_no_memory() {
        let admission = Admission::new(1_000_000, 1);
        let _slot = admission.acquire_slot(None).await.expect("a slot");
        assert_eq!(admission.admit().map(drop), Err(Overloaded));
        let small = admission.admit_small();
        small.reserve_bytes(200).expect("no memory");
        assert_eq!(admission.bodies().bytes, 0);
        // But its connection may be needed.
        advance(SECOND).await;
        assert!(admission.evict_slowest());
        assert_eq!(small.complete(), Err(Evicted::Slowest));
    }

    #[tokio::test]
    async fn slots_are_granted_in_order() {
        let admission = Admission::new(1_000_000, 1);
        let held = admission.acquire_slot(None).await.expect("a slot");
        assert_eq!(admission.admit().map(drop), Err(Overloaded));
        let mut first = Box::pin(admission.acquire_slot(None));
        let mut second = Box::pin(admission.acquire_slot(None));
        assert!((&mut first).now_or_never().is_none());
        assert!((&mut second).now_or_never().is_none());
        drop(held);
        assert!((&mut second).now_or_never().is_none());
        drop(first.await.expect("a slot"));
        drop(second.await.expect("a slot"));
        assert!(admission.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slot_is_waited_for_until_a_second_has_passed_or_the_platforms_deadline() {
        let admission = Admission::new(1_000_000, 1);
        let _held = admission.acquire_slot(None).await.expect("a slot");
        for (deadline, timeout) in [(None, SECOND), (Some(SECOND / 10), SECOND / 10)] {
            let started = Instant::now();
            let deadline = deadline.map(Deadline::after);
            let slot = admission.acquire_slot(deadline).await.map(drop);
            assert_eq!(slot, Err(Overloaded));
            let waited = started.elapsed();
            assert!(waited <= timeout + SECOND / 100, "{waited:?}");
        }
    }
}
