//! What goes wrong in the contact centre, and how often it did.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ccmessaging_sandbox::{Call, Exchange, Fault, FaultPlan, Sandbox};

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
