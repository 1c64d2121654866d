//! What goes wrong in the contact centre, and how often it did.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ccmessaging_sandbox::{Call, Exchange, Fault, FaultPlan};

use crate::counts;

/// Each befalls so many of the uploads that no fault before it befell: together 20 percent, as
/// 1 − (1 − 0.0184)¹² = 0.2.
const CHANCE: f64 = 0.0184;

/// Every fifth upload and every fifth token call fail, one way or the other.
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

/// The calls that were answered or reset, each with its fault. A delay that the gateway did not wait
/// for is none of them.
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
