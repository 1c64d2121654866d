//! The resources of a process, read from `/proc` (proc(5)), and its termination.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use procfs_core::FromRead as _;
use procfs_core::process::{Io, Status};
use rustix::process::{Pid, Signal, kill_process};

/// Returns the number of server threads of a gateway: one for each available processor.
pub fn gateway_threads() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A running process.
#[derive(Clone, Copy, Debug)]
pub struct Process(i32);

impl Process {
    /// Returns the process with this identifier.
    pub fn new(id: u32) -> Self {
        Self(i32::try_from(id).expect("a process identifier"))
    }

    /// Returns the resident memory (`VmRSS`) in bytes.
    pub fn resident_bytes(self) -> u64 {
        1024 * self.status().vmrss.expect("a running process")
    }

    /// Returns the peak resident memory (`VmHWM`) in bytes.
    pub fn peak_resident_bytes(self) -> u64 {
        1024 * self.status().vmhwm.expect("a running process")
    }

    /// Returns the growth of the [peak](Self::peak_resident_bytes) since it was `base`, in bytes.
    pub fn peak_growth(self, base: u64) -> usize {
        // The kernel sums per-processor counters lazily, so a later value may be slightly smaller.
        let growth = self.peak_resident_bytes().saturating_sub(base);
        usize::try_from(growth).expect("a size")
    }

    /// Returns how many bytes the process wrote to disks.
    pub fn bytes_written_to_disks(self) -> u64 {
        let io = Io::from_file(format!("/proc/{}/io", self.0));
        io.expect("a running process").write_bytes
    }

    /// Returns the number of open descriptors.
    pub fn open_descriptors(self) -> usize {
        let descriptors = std::fs::read_dir(format!("/proc/{}/fd", self.0));
        descriptors.expect("a running process").count()
    }

    /// Sends SIGTERM.
    pub fn terminate(self) {
        let process = Pid::from_raw(self.0).expect("a process identifier");
        kill_process(process, Signal::TERM).expect("a running process");
    }

    fn status(self) -> Status {
        let status = Status::from_file(format!("/proc/{}/status", self.0));
        status.expect("a running process")
    }
}
