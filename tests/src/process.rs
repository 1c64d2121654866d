//! A running process: what it takes, by its files under `/proc` (proc(5)), and its end.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use procfs_core::FromRead as _;
use procfs_core::process::{Io, Status};
use rustix::process::{Pid, Signal, kill_process};

/// How many threads a gateway on this machine has: one for each processor that it may use.
pub fn gateway_threads() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A running process.
#[derive(Clone, Copy, Debug)]
pub struct Process(i32);

impl Process {
    /// The process with this identifier.
    pub(crate) fn new(id: u32) -> Self {
        Self(i32::try_from(id).expect("a process identifier"))
    }

    /// Its memory in RAM (`VmRSS`), in bytes.
    pub fn resident_bytes(self) -> u64 {
        1024 * self.status().vmrss.expect("a running process")
    }

    /// The most memory in RAM that it ever took (`VmHWM`), in bytes.
    pub fn peak_resident_bytes(self) -> u64 {
        1024 * self.status().vmhwm.expect("a running process")
    }

    /// How much its [peak](Self::peak_resident_bytes) has grown since it was `base`, in bytes.
    pub fn peak_growth(self, base: u64) -> usize {
        // The kernel counts on each processor and adds that up now and then, so that a later sum
        // may be a little smaller.
        let growth = self.peak_resident_bytes().saturating_sub(base);
        usize::try_from(growth).expect("a size")
    }

    /// How many bytes it has written to disks.
    pub fn bytes_written_to_disks(self) -> u64 {
        let io = Io::from_file(format!("/proc/{}/io", self.0));
        io.expect("a running process").write_bytes
    }

    /// How many descriptors it has open.
    pub fn open_descriptors(self) -> usize {
        let descriptors = std::fs::read_dir(format!("/proc/{}/fd", self.0));
        descriptors.expect("a running process").count()
    }

    /// Asks it to stop (SIGTERM).
    pub fn terminate(self) {
        let process = Pid::from_raw(self.0).expect("a process identifier");
        kill_process(process, Signal::TERM).expect("a running process");
    }

    fn status(self) -> Status {
        let status = Status::from_file(format!("/proc/{}/status", self.0));
        status.expect("a running process")
    }
}
