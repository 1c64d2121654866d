//! Who has what, who waits for a place, and who gives way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Who is behind by no more than this keeps what it has: networks pause.
const GRACE: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) bytes: usize,
    pub(super) places: usize,
    next_id: u64,
    pub(super) uploads: BTreeMap<u64, Upload>,
    /// The uploads that wait for a place; the one that was admitted first comes first.
    waiting: BTreeSet<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Upload {
    pub(super) bytes: usize,
    pub(super) has_place: bool,
    /// Its body was whole when it took its place: it gives way to nobody.
    is_whole: bool,
    /// Since when it is behind an ordinary pace; `None` while the client is not waited for.
    pub(super) behind_since: Option<Instant>,
    /// It has to give way; or it waits for a place, and may have one.
    wake: Arc<Notify>,
    has_given_way: bool,
}

/// There is no room for the upload, or not any more: it had to give way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl State {
    /// Adds an upload that has nothing yet: its number, and what tells it that it has to look again.
    pub(super) fn add(&mut self) -> (u64, Arc<Notify>) {
        let id = self.next_id;
        self.next_id += 1;
        let upload = self.uploads.entry(id).or_default();
        (id, Arc::clone(&upload.wake))
    }

    /// Removes an upload, with all that it has.
    pub(super) fn remove(&mut self, id: u64) {
        self.release(id);
        self.leave_line(id);
        self.uploads.remove(&id);
    }

    pub(super) fn upload(&mut self, id: u64) -> &mut Upload {
        let upload = self.uploads.get_mut(&id);
        upload.expect("an upload is known until it is dropped")
    }

    pub(super) fn set_bytes(&mut self, id: u64, bytes: usize) {
        let before = std::mem::replace(&mut self.upload(id).bytes, bytes);
        self.bytes = self.bytes - before + bytes;
    }

    /// Gives back what an upload took.
    pub(super) fn release(&mut self, id: u64) {
        self.set_bytes(id, 0);
        if std::mem::take(&mut self.upload(id).has_place) {
            self.places -= 1;
            self.wake_first();
        }
    }

    /// Lets an upload whose body is whole wait for a place.
    pub(super) fn line_up(&mut self, id: u64) {
        self.upload(id).is_whole = true;
        self.waiting.insert(id);
    }

    fn leave_line(&mut self, id: u64) {
        if self.waiting.remove(&id) {
            self.wake_first();
        }
    }

    /// Tells the first in line that there may be a place.
    fn wake_first(&mut self) {
        if let Some(&first) = self.waiting.first() {
            self.upload(first).wake.notify_one();
        }
    }

    /// Takes a place, unless another one is first in line.
    pub(super) fn take_place(&mut self, id: u64, max_places: usize) -> Result<(), NoRoom> {
        self.upload(id).check()?;
        if self.waiting.first().is_some_and(|&first| first != id) {
            return Err(NoRoom);
        }
        if self.places >= max_places {
            self.free(Instant::now(), |upload| upload.has_place)?;
        }
        self.upload(id).has_place = true;
        self.places += 1;
        self.leave_line(id);
        Ok(())
    }

    /// Of the uploads that hold what is short, the one that is furthest behind, if it is further
    /// behind than the one that asks.
    pub(super) fn slowest(
        &self,
        asker_since: Instant,
        holds: impl Fn(&Upload) -> bool,
    ) -> Option<u64> {
        let held = self.uploads.iter().filter(|(_, upload)| holds(upload));
        let behind = held.filter_map(|(&id, upload)| Some((upload.behind_since?, id)));
        let (since, id) = behind.min()?;
        (since < asker_since && since.elapsed() > GRACE).then_some(id)
    }

    /// Makes the slowest of these give way. What it held counts as free at once: its task ends with
    /// the next step.
    pub(super) fn free(
        &mut self,
        asker_since: Instant,
        holds: impl Fn(&Upload) -> bool,
    ) -> Result<(), NoRoom> {
        let id = self.slowest(asker_since, holds).ok_or(NoRoom)?;
        self.release(id);
        let upload = self.upload(id);
        upload.behind_since = None;
        upload.has_given_way = true;
        upload.wake.notify_one();
        Ok(())
    }
}

impl Upload {
    /// Whether it has a place that it gives up if its client stalls.
    pub(super) fn may_give_way(&self) -> bool {
        self.has_place && !self.is_whole
    }

    pub(super) fn check(&self) -> Result<(), NoRoom> {
        if self.has_given_way {
            Err(NoRoom)
        } else {
            Ok(())
        }
    }
}
