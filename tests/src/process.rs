//! A running process: what it takes, from its files under `/proc` (proc(5)), and its end.

use std::fs;
use std::num::NonZeroUsize;
use std::process::Command;
use std::thread::available_parallelism;

/// How many threads a gateway on this machine has: one for each processor that it may use.
#[must_use]
pub fn gateway_threads() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

/// A running process.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    id: u32,
}

impl Process {
    /// The process with this identifier.
    #[must_use]
    pub fn new(id: u32) -> Self {
        Self { id }
    }

    /// Its memory in RAM (`VmRSS`), in bytes.
    ///
    /// # Panics
    ///
    /// If the process is gone.
    #[must_use]
    pub fn resident_bytes(self) -> u64 {
        self.status_bytes("VmRSS:")
    }

    /// The most memory in RAM that it ever took (`VmHWM`), in bytes.
    ///
    /// # Panics
    ///
    /// If the process is gone.
    #[must_use]
    pub fn peak_resident_bytes(self) -> u64 {
        self.status_bytes("VmHWM:")
    }

    /// How much its [peak](Self::peak_resident_bytes) has grown since it was `base`, in bytes.
    ///
    /// # Panics
    ///
    /// If the process is gone.
    #[must_use]
    pub fn peak_growth(self, base: u64) -> usize {
        // The kernel counts on each processor and adds that up now and then, so that a later sum
        // may be a little smaller.
        let growth = self.peak_resident_bytes().saturating_sub(base);
        usize::try_from(growth).expect("a size")
    }

    /// Asks it to stop (SIGTERM).
    ///
    /// # Panics
    ///
    /// If there is no shell, or the process is gone.
    pub fn terminate(self) {
        // The shell's own `kill`: not every system has a program of that name.
        let mut shell = Command::new("sh");
        let status = shell.args(["-c", "kill \"$0\"", &self.id.to_string()]);
        let status = status.status().expect("a shell");
        assert!(status.success(), "it cannot be asked to stop");
    }

    /// How many descriptors it has open.
    ///
    /// # Panics
    ///
    /// If the process is gone.
    #[must_use]
    pub fn open_descriptors(self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.id))
            .expect("a running process")
            .count()
    }

    fn status_bytes(self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id));
        status
            .expect("a running process")
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))
            .and_then(|kibibytes| kibibytes.trim().parse::<u64>().ok())
            .expect("a size in kB")
            * 1024
    }
}
