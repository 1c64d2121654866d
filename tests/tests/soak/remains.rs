//! The resources of the gateway after the run.

use std::fmt;
use std::time::Duration;

use ccmessaging_sandbox::{Call, Fault, Sandbox};
use futures_util::future::join_all;
use gateway_tests::{Gateway, Process, Request, gateway_threads, http_client};
use tokio::time::{sleep, timeout};

/// How much the memory may grow after the warm-up. Allocators cache memory for each thread; a leak of
/// one KiB per upload would exceed this in a run of two minutes.
fn memory_slack_bytes() -> u64 {
    let threads = u64::try_from(gateway_threads()).expect("few threads");
    (16 + 3 * threads) * MIB
}

const MIB: u64 = 1024 * 1024;

/// Descriptors are closed once the gateway notices that the other side has closed.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// Long enough for all of the last uploads to be concurrent.
const HOLD: Duration = Duration::from_secs(1);

/// The memory and descriptors of the gateway during the run.
pub(crate) struct Remains {
    process: Process,
    descriptors_at_start: usize,
    descriptors_at_end: usize,
    bytes_at_start: u64,
    bytes_when_warm: u64,
    bytes_at_end: u64,
}

impl Remains {
    pub(crate) fn at_start(gateway: &Gateway) -> Self {
        let process = gateway.process();
        Self {
            process,
            descriptors_at_start: process.open_descriptors(),
            descriptors_at_end: 0,
            bytes_at_start: process.resident_bytes(),
            bytes_when_warm: 0,
            bytes_at_end: 0,
        }
    }

    pub(crate) fn note_warm(&mut self) {
        self.bytes_when_warm = self.process.resident_bytes();
    }

    /// Checks the gateway after all clients have stopped, stops the sandbox, and returns the violations.
    pub(crate) async fn look(
        &mut self,
        gateway: &Gateway,
        sandbox: Sandbox,
        slots: usize,
    ) -> Vec<String> {
        let mut violations = Vec::new();
        // An upload goes on after its client has hung up.
        if timeout(PATIENCE, until_idle(gateway)).await.is_err() {
            violations.push("uploads are in flight although all clients have stopped".to_owned());
        }
        violations.extend(fill_all_slots(gateway, &sandbox, slots).await);
        drop(sandbox);
        if health(gateway).await != Some(200) {
            violations.push("the gateway is not healthy".to_owned());
        }
        self.wait_for_descriptors().await;
        self.bytes_at_end = self.process.resident_bytes();
        if self.descriptors_at_end > self.descriptors_at_start {
            let (end, start) = (self.descriptors_at_end, self.descriptors_at_start);
            violations.push(format!("{end} descriptors are open, {start} at the start"));
        }
        let most_bytes = self.bytes_when_warm + memory_slack_bytes();
        if self.bytes_at_end > most_bytes {
            let end = self.bytes_at_end;
            violations.push(format!("it takes {end} bytes, more than {most_bytes}"));
        }
        violations
    }

    async fn wait_for_descriptors(&mut self) {
        let settled = async {
            while self.process.open_descriptors() > self.descriptors_at_start {
                sleep(LOOK_INTERVAL).await;
            }
        };
        // The caller compares the number after a timeout as well.
        let _ = timeout(PATIENCE, settled).await;
        self.descriptors_at_end = self.process.open_descriptors();
    }
}

/// Waits until no upload is in flight.
async fn until_idle(gateway: &Gateway) {
    let idle = "upload_file_stream_uploads_in_flight 0\n";
    while !gateway.metrics().await.text.contains(idle) {
        sleep(LOOK_INTERVAL).await;
    }
}

/// Sends as many concurrent uploads as the gateway accepts. A rejection shows that an upload never
/// released its slot.
async fn fill_all_slots(gateway: &Gateway, sandbox: &Sandbox, slots: usize) -> Vec<String> {
    sandbox.set_faults(Fault::delay(HOLD).on(Call::UploadFileStream));
    let uploads_before = sandbox.calls(Call::UploadFileStream);
    let request = Request::png()
        .admitted_by(sandbox)
        // An idle connection would count as an open descriptor.
        .with("connection", "close");
    let uploads = (0..slots).map(|_| gateway.send(&request));
    let answers = join_all(uploads).await;
    let refused = answers.into_iter().filter(|answer| answer.status == 503);
    let mut violations: Vec<String> = refused
        .map(|answer| format!("a slot is not free: {} {}", answer.status, answer.text))
        .collect();
    if sandbox.calls(Call::UploadFileStream) - uploads_before != slots {
        violations.push("not every slot's upload arrived once".to_owned());
    }
    violations
}

async fn health(gateway: &Gateway) -> Option<u16> {
    let request = Request::bare("GET", "/healthz");
    let answer = request
        .try_send(&http_client(), gateway.address(), "")
        .await;
    Some(answer.ok()?.status)
}

impl fmt::Display for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = |bytes: u64| bytes * 10 / MIB;
        let mib = |bytes| format!("{}.{} MiB", tenths(bytes) / 10, tenths(bytes) % 10);
        let times = [self.bytes_at_start, self.bytes_when_warm, self.bytes_at_end];
        let [start, warm, end] = times.map(mib);
        writeln!(
            f,
            "memory  {start} at the start, {warm} when warm, {end} at the end"
        )?;
        let (start, end) = (self.descriptors_at_start, self.descriptors_at_end);
        writeln!(f, "descriptors  {start} at the start, {end} at the end")
    }
}
