//! What all uploads may take together: memory for their bodies, and places at the upstream.
//!
//! A body counts with what has come of it, not with what it declares, so that a client that sends
//! slowly takes as much as it has sent. A place is taken once the body is whole, or once it begins to
//! be sent on while it arrives. Where there is none left of either, the body that is furthest behind
//! an ordinary pace gives way. If none is behind, or whoever asks is furthest, that one is refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::sync::lock;

/// An ordinary pace: half a megabit a second. A body that comes faster is not behind.
const ORDINARY_BYTES_PER_SECOND: u32 = 64 * 1024;

/// Who is behind by no more than this keeps what it has: networks pause.
const GRACE: Duration = Duration::from_millis(500);

/// The uploads that are under way.
#[derive(Debug)]
pub(crate) struct Admission {
    max_bytes: usize,
    max_places: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    places: usize,
    next_id: u64,
    uploads: BTreeMap<u64, Upload>,
}

#[derive(Debug)]
struct Upload {
    bytes: usize,
    has_place: bool,
    /// Since when it is behind an ordinary pace; `None` while the client is not waited for.
    behind_since: Option<Instant>,
    gives_way: Arc<Notify>,
    has_given_way: bool,
}

/// An upload that may take its share; what it took is free again once this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    id: u64,
    gives_way: Arc<Notify>,
}

/// There is no room for the upload, or not any more: it had to give way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Admission {
    pub(crate) fn new(max_bytes: usize, max_places: usize) -> Self {
        Self {
            max_bytes,
            max_places,
            state: Mutex::default(),
        }
    }

    /// Admits an upload before its body is read, unless there would be no room for it at once.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Admitted, NoRoom> {
        let mut state = self.state();
        let now = Instant::now();
        let has_bytes =
            state.bytes < self.max_bytes || state.slowest(now, |upload| upload.bytes > 0).is_some();
        let has_place = state.places < self.max_places
            || state.slowest(now, |upload| upload.has_place).is_some();
        if !has_bytes || !has_place {
            return Err(NoRoom);
        }
        let id = state.next_id;
        state.next_id += 1;
        let gives_way = Arc::new(Notify::new());
        let upload = Upload {
            bytes: 0,
            has_place: false,
            behind_since: None,
            gives_way: Arc::clone(&gives_way),
            has_given_way: false,
        };
        state.uploads.insert(id, upload);
        Ok(Admitted {
            admission: Arc::clone(self),
            id,
            gives_way,
        })
    }

    /// Makes the upload give way whose body is furthest behind; `false` if none is behind.
    pub(crate) fn end_slowest(&self) -> bool {
        self.state().free(Instant::now(), |_| true).is_ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Admitted {
    /// The client is waited for from now on, and is so far behind already.
    pub(crate) fn wait(&self, behind: Duration) {
        self.admission.state().upload(self.id).behind_since = Some(since(behind));
    }

    /// Completes when the upload has to give way, which it has to by the next call that can fail.
    pub(crate) async fn gives_way(&self) {
        self.gives_way.notified().await;
    }

    /// The client is not waited for any more.
    pub(crate) fn pause(&self) -> Result<(), NoRoom> {
        let mut state = self.admission.state();
        let upload = state.upload(self.id);
        upload.behind_since = None;
        upload.check()
    }

    /// Holds so many bytes in all, of a client that is so far behind. Once there is a place, what comes
    /// is sent on and not held.
    pub(crate) fn hold(&self, bytes: usize, behind: Duration) -> Result<(), NoRoom> {
        let max_bytes = self.admission.max_bytes;
        let mut state = self.admission.state();
        let upload = state.upload(self.id);
        upload.check()?;
        if upload.has_place {
            return Ok(());
        }
        state.set_bytes(self.id, bytes);
        while state.bytes > max_bytes {
            if let Err(no_room) = state.free(since(behind), |upload| upload.bytes > 0) {
                // What it asked for must not make others give way until it is dropped.
                state.release(self.id);
                return Err(no_room);
            }
        }
        Ok(())
    }

    /// Takes a place at the upstream.
    pub(crate) fn take_place(&self) -> Result<(), NoRoom> {
        let max_places = self.admission.max_places;
        let mut state = self.admission.state();
        state.upload(self.id).check()?;
        if state.places >= max_places {
            state.free(Instant::now(), |upload| upload.has_place)?;
        }
        state.upload(self.id).has_place = true;
        state.places += 1;
        Ok(())
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut state = self.admission.state();
        state.release(self.id);
        state.uploads.remove(&self.id);
    }
}

impl State {
    fn upload(&mut self, id: u64) -> &mut Upload {
        let upload = self.uploads.get_mut(&id);
        upload.expect("an upload is known until it is dropped")
    }

    fn set_bytes(&mut self, id: u64, bytes: usize) {
        let before = std::mem::replace(&mut self.upload(id).bytes, bytes);
        self.bytes = self.bytes - before + bytes;
    }

    /// Gives back what an upload took.
    fn release(&mut self, id: u64) {
        self.set_bytes(id, 0);
        if std::mem::take(&mut self.upload(id).has_place) {
            self.places -= 1;
        }
    }

    /// Of the uploads that hold what is short, the one that is furthest behind, if it is further
    /// behind than the one that asks.
    fn slowest(&self, asker_since: Instant, holds: impl Fn(&Upload) -> bool) -> Option<u64> {
        let held = self.uploads.iter().filter(|(_, upload)| holds(upload));
        let behind = held.filter_map(|(&id, upload)| Some((upload.behind_since?, id)));
        let (since, id) = behind.min()?;
        (since < asker_since && since.elapsed() > GRACE).then_some(id)
    }

    /// Makes the slowest of these give way. What it held counts as free at once: its task ends with
    /// the next step.
    fn free(
        &mut self,
        asker_since: Instant,
        holds: impl Fn(&Upload) -> bool,
    ) -> Result<(), NoRoom> {
        let id = self.slowest(asker_since, holds).ok_or(NoRoom)?;
        self.release(id);
        let upload = self.upload(id);
        upload.behind_since = None;
        upload.has_given_way = true;
        upload.gives_way.notify_one();
        Ok(())
    }
}

impl Upload {
    fn check(&self) -> Result<(), NoRoom> {
        if self.has_given_way {
            Err(NoRoom)
        } else {
            Ok(())
        }
    }
}

/// How far behind a client is that was so far behind, was then waited for, and has then sent so much.
pub(crate) fn behind(before: Duration, waited: Duration, bytes: usize) -> Duration {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let earned = Duration::from_secs(bytes.into()) / ORDINARY_BYTES_PER_SECOND;
    (before + waited).saturating_sub(earned)
}

/// Since when a client is behind that is so far behind now.
fn since(behind: Duration) -> Instant {
    let now = Instant::now();
    now.checked_sub(behind).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Admits an upload that holds so much and is so many seconds behind.
    fn receiving(admission: &Arc<Admission>, bytes: usize, behind: u32) -> Admitted {
        let upload = admission.admit().expect("room");
        upload.hold(bytes, behind * SECOND).expect("room");
        upload.wait(behind * SECOND);
        upload
    }

    fn has_given_way(upload: &Admitted) -> bool {
        upload.pause() == Err(NoRoom)
    }

    #[test]
    fn the_slowest_body_gives_way_to_a_faster_one() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let slow = receiving(&admission, 500_000, 9);
        let slower = receiving(&admission, 500_000, 10);
        let fast = admission.admit().expect("room");
        assert_eq!(fast.hold(500_000, Duration::ZERO), Ok(()));
        assert!(has_given_way(&slower) && !has_given_way(&slow));
        // What it held is given back once.
        drop(slower);
        assert_eq!(admission.state().bytes, 1_000_000);
    }

    #[test]
    fn a_body_that_is_slower_than_all_others_is_refused_itself() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let slow = receiving(&admission, 900_000, 9);
        let slower = receiving(&admission, 100_000, 10);
        slower.pause().expect("nobody asked for room");
        assert_eq!(slower.hold(100_001, 10 * SECOND), Err(NoRoom));
        assert!(!has_given_way(&slow));
    }

    #[test]
    fn bodies_at_an_ordinary_pace_keep_what_they_have() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let streamed = receiving(&admission, 1_000_000, 0);
        streamed.take_place().expect("a place");
        assert_eq!(admission.admit().map(drop), Err(NoRoom));
        assert!(!has_given_way(&streamed));
    }

    #[test]
    fn a_place_is_given_up_by_a_client_that_is_waited_for_and_by_no_other() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let streamed = receiving(&admission, 1_000, 10);
        streamed.take_place().expect("a place");
        let whole = receiving(&admission, 1_000, 0);
        // The upstream is waited for.
        streamed.pause().expect("nobody asked for room");
        assert_eq!(whole.take_place(), Err(NoRoom));
        streamed.wait(10 * SECOND);
        assert_eq!(whole.take_place(), Ok(()));
        assert!(has_given_way(&streamed));
        assert_eq!(streamed.take_place(), Err(NoRoom));
    }

    #[test]
    fn what_comes_at_an_ordinary_pace_is_not_behind() {
        let pace = ORDINARY_BYTES_PER_SECOND as usize;
        assert_eq!(behind(Duration::ZERO, 2 * SECOND, 2 * pace), Duration::ZERO);
        // Nothing is saved up.
        assert_eq!(behind(Duration::ZERO, SECOND, 60 * pace), Duration::ZERO);
        assert_eq!(behind(3 * SECOND, 2 * SECOND, pace), 4 * SECOND);
    }
}
