//! Command-line arguments of the simulated upstream.

use ccmessaging_sandbox::{FaultPlan, RotationPolicy, Sandbox, SandboxBuilder};
use clap::{Args, ValueEnum};

/// Arguments of the simulated upstream; an unset one keeps the sandbox's default.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Simulated upstream")]
pub(crate) struct SimulatorOptions {
    /// Faults to inject, as a JSON array of rules such as {"call":"uploadFileStream","fault":"reset"}.
    ///
    /// The first rule that matches a call decides. All members of a rule are optional:
    ///   call     "tokenByAkSk", "applyToken", "uploadFileStream", "downloadFileStream", "send",
    ///            "sendAsync", "poll" or "queryHistoryChatMessage"
    ///   when     {"nth":2}, {"first":3} or {"chance":0.2}
    ///   delayMs  milliseconds before the response
    ///   fault    "reset", "resetAfterHeaders", "resetMidBody", "truncate", "cut", "html", "garbage",
    ///            {"drip":{"pauseMs":100}}, {"huge":{"bytes":1000000}} or {"status":{"code":503}},
    ///            with optional "retryAfter", "location" and "body"
    #[arg(long, value_name = "JSON", verbatim_doc_comment)]
    faults: Option<FaultPlan>,

    /// When a response replaces the ccmessaging-token [default: never].
    #[arg(long, value_name = "WHEN")]
    rotation: Option<Rotation>,

    /// Let any ccmessaging-token send and read the messages of any user.
    #[arg(long)]
    unbound_ids: bool,
}

/// When a session token is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rotation {
    /// Never; an expired token is rejected.
    Never,
    /// On every call of a session; the old token stays valid until it expires.
    EveryCall,
    /// On every call of a session; the old token is revoked.
    EveryCallStrict,
}

impl SimulatorOptions {
    /// Returns whether any option is set.
    pub(crate) fn is_any_set(&self) -> bool {
        *self != Self::default()
    }

    /// Returns a builder with these settings.
    pub(crate) fn builder(&self) -> SandboxBuilder {
        let mut builder = Sandbox::builder();
        if let Some(plan) = &self.faults {
            builder = builder.faults(plan.clone());
        }
        if let Some(rotation) = self.rotation {
            builder = builder.rotate_session_token(match rotation {
                Rotation::Never => RotationPolicy::never(),
                Rotation::EveryCall => RotationPolicy::every_call(),
                Rotation::EveryCallStrict => RotationPolicy::every_call().revoke_old(),
            });
        }
        if self.unbound_ids {
            builder = builder.unbound_ids();
        }
        builder
    }
}
