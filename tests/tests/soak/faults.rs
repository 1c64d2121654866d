//! What goes wrong in the contact centre, and how often it did.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use ccmessaging_sandbox::{Call, Exchange, FaultPlan, Sandbox};

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

/// How many calls were answered, and with which faults.
#[derive(Clone, Default)]
pub(crate) struct Injected(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    calls: BTreeMap<&'static str, usize>,
    faults: BTreeMap<String, usize>,
}

impl Injected {
    pub(crate) fn count(&self, exchange: &Exchange) {
        let mut counts = self.0.lock().expect("no holder panics");
        let call = exchange.call.map_or("unknown", Call::name);
        *counts.calls.entry(call).or_default() += 1;
        if let Some(fault) = &exchange.fault {
            let fault = format!("{call} {fault}");
            *counts.faults.entry(fault).or_default() += 1;
        }
    }

    /// What has come in so far, for people.
    pub(crate) fn report(&self, sandbox: &Sandbox) -> String {
        let counts = self.0.lock().expect("no holder panics");
        let mut report = String::new();
        let _ = counts.write(&mut report, sandbox);
        report
    }
}

impl Counts {
    fn write(&self, report: &mut String, sandbox: &Sandbox) -> fmt::Result {
        let calls = sandbox.requests();
        let answered: usize = self.calls.values().sum();
        // A call is counted when its answer starts, or its connection is reset.
        let given_up = calls.saturating_sub(answered);
        let faults: usize = self.faults.values().sum();
        writeln!(report, "calls to the contact centre  {calls}")?;
        for (call, count) in &self.calls {
            writeln!(report, "  {count:>7}  {call}")?;
        }
        writeln!(
            report,
            "  {given_up:>7}  given up by the gateway, for their delay mostly"
        )?;
        writeln!(
            report,
            "faults injected  {faults}, and the delays that were given up"
        )?;
        for (fault, count) in &self.faults {
            writeln!(report, "  {count:>7}  {fault}")?;
        }
        Ok(())
    }
}
