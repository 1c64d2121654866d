//! The plan in force, and how far its rules have counted.

use std::sync::{Arc, Mutex};

use super::fault::Fault;
use super::plan::FaultPlan;
use crate::call::Call;
use crate::sync::lock;

/// The handle through which a running sandbox's [fault plan](FaultPlan) is changed. Clones share
/// one plan.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Mutex<InForce>>);

#[derive(Debug)]
struct InForce {
    plan: FaultPlan,
    /// How many calls of its target each rule has seen.
    seen: Vec<u64>,
    random: fastrand::Rng,
}

impl Faults {
    pub(crate) fn new(plan: FaultPlan) -> Self {
        Self(Arc::new(Mutex::new(InForce::of(plan))))
    }

    /// Puts `plan` in force in place of the present one. Its rules count calls from here on.
    pub fn set(&self, plan: FaultPlan) {
        *lock(&self.0) = InForce::of(plan);
    }

    /// Ends all misbehaviour. Calls already under way still finish as planned.
    pub fn clear(&self) {
        self.set(FaultPlan::none());
    }

    /// The plan in force.
    #[must_use]
    pub fn plan(&self) -> FaultPlan {
        lock(&self.0).plan.clone()
    }

    /// Counts a call and says what goes wrong with it, if anything.
    pub(crate) fn next(&self, call: Call) -> Option<Fault> {
        let mut in_force = lock(&self.0);
        let InForce { plan, seen, random } = &mut *in_force;
        let mut decided = None;
        // Every rule counts every call of its target, whichever rule decides: "the second call"
        // must not depend on the rules that stand before it.
        for (rule, seen) in plan.rules.iter().zip(seen) {
            if rule.target.covers(call) {
                *seen += 1;
                if rule.occurrence.includes(*seen, random) && decided.is_none() {
                    decided = Some(&rule.fault);
                }
            }
        }
        decided.cloned()
    }
}

impl InForce {
    fn of(plan: FaultPlan) -> Self {
        Self {
            seen: vec![0; plan.rules.len()],
            random: fastrand::Rng::with_seed(plan.seed),
            plan,
        }
    }
}
