//! What all uploads may take together: memory for their bodies, and places at the upstream.
//!
//! A body counts with what has come of it, not with what it declares, so that a client that sends
//! slowly takes as much as it has sent. A place is taken once the body is whole, or once it begins to
//! be sent on while it arrives. Where there is none left of either, the body that is furthest behind
//! an ordinary pace gives way. If none is behind, or whoever asks is furthest, that one is refused; but
//! a whole body waits for a place first. What is sent on does not wait: little of it is lost, and
//! whoever wants to fill the line has to send whole bodies.

mod state;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use ccmessaging_client::Deadline;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::sync::lock;
use state::{State, Upload};

pub(crate) use state::NoRoom;

/// An ordinary pace: half a megabit a second. A body that comes faster is not behind.
const ORDINARY_BYTES_PER_SECOND: u32 = 64 * 1024;

/// How long a whole body waits for a place: as long as a client that is refused is told to wait. In
/// this time, whoever has a place and stalls is behind by more than the grace.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How soon an upload that waits looks again whether somebody has fallen behind.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The uploads that are under way.
#[derive(Debug)]
pub(crate) struct Admission {
    max_bytes: usize,
    max_places: usize,
    state: Mutex<State>,
}

/// An upload that may take its share; what it took is free again once this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    id: u64,
    wake: Arc<Notify>,
}

impl Admission {
    pub(crate) fn new(max_bytes: usize, max_places: usize) -> Self {
        Self {
            max_bytes,
            max_places,
            state: Mutex::default(),
        }
    }

    /// Admits an upload before its body is read, unless there is no memory for it, or all places are
    /// taken by whole bodies, which will not give way to it.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Admitted, NoRoom> {
        let mut state = self.state();
        let now = Instant::now();
        let has_bytes =
            state.bytes < self.max_bytes || state.slowest(now, |upload| upload.bytes > 0).is_some();
        let has_place =
            state.places < self.max_places || state.uploads.values().any(Upload::may_give_way);
        if !has_bytes || !has_place {
            return Err(NoRoom);
        }
        let (id, wake) = state.add();
        Ok(Admitted {
            admission: Arc::clone(self),
            id,
            wake,
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
        self.wake.notified().await;
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

    /// Takes a place at the upstream, for a body that is sent on while it arrives.
    pub(crate) fn take_place(&self) -> Result<(), NoRoom> {
        let max_places = self.admission.max_places;
        self.admission.state().take_place(self.id, max_places)
    }

    /// Takes a place at the upstream, for a body that is whole. Waits for one, at most for a second or
    /// until the platform's deadline, and is in line until it has one or is dropped.
    pub(crate) async fn wait_for_place(&self, cut_off: Option<Deadline>) -> Result<(), NoRoom> {
        self.admission.state().line_up(self.id);
        let place = async {
            while self.take_place().is_err() {
                let _ = timeout(LOOK_AGAIN, self.wake.notified()).await;
            }
        };
        let deadline = Deadline::after(LONGEST_WAIT).or_earlier(cut_off);
        deadline.limit(place).await.ok_or(NoRoom)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.admission.state().remove(self.id);
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
    use futures_util::FutureExt as _;

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

    #[tokio::test]
    async fn a_place_is_given_up_in_time_for_a_whole_body_that_waits() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let stalled = receiving(&admission, 1_000, 0);
        stalled.take_place().expect("a place");
        let whole = receiving(&admission, 1_000, 0);
        assert_eq!(whole.wait_for_place(None).await, Ok(()));
        assert!(has_given_way(&stalled));
        // This one gives way to nobody, so that no body needs to be read.
        assert_eq!(admission.admit().map(drop), Err(NoRoom));
    }

    #[tokio::test]
    async fn whole_bodies_wait_in_line_before_any_that_is_to_be_sent_on() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let [hangs_up, first, second, streamed, held] =
            [(); 5].map(|()| admission.admit().expect("room"));
        held.take_place().expect("a place");
        let mut second_waits = Box::pin(second.wait_for_place(None));
        let mut first_waits = Box::pin(first.wait_for_place(None));
        assert_eq!((&mut second_waits).now_or_never(), None);
        assert_eq!((&mut first_waits).now_or_never(), None);
        assert_eq!(hangs_up.wait_for_place(None).now_or_never(), None);
        drop((hangs_up, held));
        assert_eq!(streamed.take_place(), Err(NoRoom));
        assert_eq!((&mut second_waits).now_or_never(), None);
        assert_eq!(first_waits.await, Ok(()));
        drop(first);
        assert_eq!(second_waits.await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_more_than_a_second_or_beyond_the_platforms_deadline() {
        let admission = Arc::new(Admission::new(1_000_000, 1));
        let [held, whole] = [(); 2].map(|()| admission.admit().expect("room"));
        held.take_place().expect("a place");
        for (cut_off, longest) in [(None, SECOND), (Some(SECOND / 10), SECOND / 10)] {
            let begun = tokio::time::Instant::now();
            let refused = whole.wait_for_place(cut_off.map(Deadline::after)).await;
            assert_eq!(refused, Err(NoRoom));
            assert!(begun.elapsed() <= longest + LOOK_AGAIN, "{longest:?}");
        }
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
