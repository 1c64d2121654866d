//! What goes wrong in the contact centre, and how often it did.

use std::fmt;
use std::sync::{Arc, Mutex};

use ccmessaging_sandbox::{Call, Exchange, FaultPlan};

use crate::counts;

/// Each befalls [`CHANCE`] of the uploads that no fault before it befell: together 20 percent.
const UPLOAD_FAULTS: [&str; 12] = [
    "reset:before",
    "reset:headers",
    "reset:body",
    "status:500",
    "status:503,retry-after:0",
    "status:429",
    "html",
    "truncate",
    "cut",
    "huge:1MiB",
    "drip:2ms,chunk:16",
    "delay:3s",
];

/// 1 − (1 − 0.0184)¹² = 0.2.
const CHANCE: &str = "1.84%";

/// The plan, of which `seed` chooses the course.
pub(crate) fn plan(seed: u64) -> FaultPlan {
    let uploads = UPLOAD_FAULTS.map(|fault| format!("upload:{CHANCE}={fault}"));
    let plan = format!("seed={seed};token:20%=reset;{}", uploads.join(";"));
    plan.parse().expect("a plan")
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
