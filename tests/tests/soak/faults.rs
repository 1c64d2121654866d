//! The faults of the contact centre, and their number.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ccmessaging_sandbox::{Call, Exchange, Fault, FaultPlan};

use crate::counts;

/// The probability of each fault, given that no earlier rule applied. Together they affect 20 percent
/// of the uploads: 1 − (1 − 0.0184)¹² = 0.2.
const CHANCE: f64 = 0.0184;

/// Lets every fifth upload and every fifth token call fail.
pub(crate) fn plan() -> FaultPlan {
    let uploads = [
        Fault::reset(),
        Fault::reset_after_headers(),
        Fault::reset_mid_body(),
        Fault::status(500),
        Fault::status(503).retry_after(0),
        Fault::status(429),
        Fault::html(),
        Fault::truncate(),
        Fault::cut(),
        Fault::huge(1024 * 1024),
        Fault::drip(Duration::from_millis(2), 16),
        Fault::delay(Duration::from_secs(3)),
    ];
    let uploads = uploads.map(|fault| fault.on(Call::UploadFileStream).chance(CHANCE));
    let tokens = Fault::reset().on(Call::TokenByAkSk).chance(0.2);
    uploads.into_iter().chain([tokens]).collect()
}

/// The calls with a response or a reset, each with its fault; without those that the gateway aborted
/// during a delay.
#[derive(Clone, Default)]
pub(crate) struct Injected(Arc<Mutex<Vec<String>>>);

impl Injected {
    pub(crate) fn count(&self, exchange: &Exchange) {
        let call = exchange.call.map_or("unknown", Call::name);
        let call = match &exchange.fault {
            Some(fault) => format!("{call} with {fault}"),
            None => call.to_owned(),
        };
        self.0.lock().expect("no holder panics").push(call);
    }
}

impl fmt::Display for Injected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.0.lock().expect("no holder panics");
        writeln!(f, "calls that the contact centre answered  {}", calls.len())?;
        f.write_str(&counts(calls.iter().cloned()))
    }
}
