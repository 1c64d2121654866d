//! Fault injection: plans, and how a fault modifies a response.

mod delivery;
mod fault;
mod plan;

pub(crate) use delivery::{BrokenConnection, Delivery, ResponseBody};
pub use fault::Fault;
pub use plan::{FaultPlan, FaultRule, ParseFaultPlanError};

use crate::call::Call;
use parking_lot::Mutex;

/// The current plan and its call counters.
pub(crate) struct ActiveFaults {
    seed: u64,
    state: Mutex<State>,
}

struct State {
    plan: FaultPlan,
    /// How many matching calls each rule has counted.
    seen: Vec<u64>,
    random: fastrand::Rng,
}

impl ActiveFaults {
    /// `seed` initializes the random generator each time a plan is set.
    pub(crate) fn new(plan: FaultPlan, seed: u64) -> Self {
        Self {
            seed,
            state: Mutex::new(State::new(plan, seed)),
        }
    }

    pub(crate) fn set(&self, plan: FaultPlan) {
        *self.state.lock() = State::new(plan, self.seed);
    }

    pub(crate) fn plan(&self) -> FaultPlan {
        self.state.lock().plan.clone()
    }

    /// Counts a call and returns its fault, if there is one.
    pub(crate) fn next(&self, call: Call) -> Option<Fault> {
        let mut state = self.state.lock();
        let State { plan, seen, random } = &mut *state;
        let mut first = None;
        // Every rule counts every call that it matches, even if an earlier rule decides: "the second
        // call" must not depend on the rules before it.
        for (rule, seen) in plan.rules().iter().zip(seen) {
            if rule.matches_call(call) {
                *seen += 1;
                if rule.matches_number(*seen, random) && first.is_none() {
                    first = Some(rule.fault());
                }
            }
        }
        first
    }
}

impl State {
    fn new(plan: FaultPlan, seed: u64) -> Self {
        Self {
            seen: vec![0; plan.rules().len()],
            random: fastrand::Rng::with_seed(seed),
            plan,
        }
    }
}
