//! Command-line arguments of the simulated upstream.

use std::time::Duration;

use ccmessaging_sandbox::{FaultPlan, ResponseFormat, RotationPolicy, Sandbox, SandboxBuilder};
use clap::{Args, ValueEnum};

/// How long before and after its expiry `--rotation around-expiry` replaces a session token.
const AROUND_EXPIRY: Duration = Duration::from_secs(300);

/// Arguments of the simulated upstream; an unset one keeps the sandbox's default.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Simulated upstream")]
pub(crate) struct SimulatorOptions {
    /// Faults to inject, as a JSON array of rules such as {"call":"uploadFileStream","fault":"reset"}.
    ///
    /// The first rule that matches a call decides. All members of a rule are optional:
    ///   call     "tokenByAkSk", "applyToken", "uploadFileStream" or "downloadFileStream"
    ///   when     {"nth":2}, {"first":3}, {"from":4} or {"chance":0.2}
    ///   delayMs  milliseconds before the response
    ///   fault    "reset", "resetAfterHeaders", "resetMidBody", "truncate", "cut", "html", "garbage",
    ///            {"drip":{"pauseMs":100}}, {"huge":{"bytes":1000000}} or {"status":{"code":503}},
    ///            with optional "retryAfter", "location" and "body"
    #[arg(long, value_name = "JSON", verbatim_doc_comment)]
    faults: Option<FaultPlan>,

    /// Seed of the random numbers for {"chance":0.2} [default: 0].
    #[arg(long, value_name = "NUMBER")]
    fault_seed: Option<u64>,

    /// The longest lifetime of an access token, 1 to 3600 [default: 3600].
    #[arg(long, value_name = "SECONDS")]
    access_token_lifetime: Option<u64>,

    /// The lifetime of a ccmessaging-token, 1 to 86400 [default: 3600].
    #[arg(long, value_name = "SECONDS")]
    session_token_lifetime: Option<u64>,

    /// When a response replaces the ccmessaging-token [default: never].
    #[arg(long, value_name = "WHEN")]
    rotation: Option<Rotation>,

    /// The largest file that the upstream accepts, in bytes.
    #[arg(long, value_name = "BYTES")]
    max_file_bytes: Option<usize>,

    /// The field that contains the code in responses to uploads [default: return-code].
    #[arg(long, value_name = "SPELLING")]
    answer_spelling: Option<AnswerSpelling>,
}

/// When a session token is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rotation {
    /// Never; an expired token is rejected.
    Never,
    /// On every upload and download; the old token stays valid until it expires.
    EveryCall,
    /// On every upload and download; the old token is revoked.
    EveryCallStrict,
    /// From five minutes before its expiry to five minutes after.
    AroundExpiry,
}

/// The edition of the documentation that defines the responses to uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AnswerSpelling {
    /// `returnCode`, as in the examples.
    ReturnCode,
    /// `resultCode`, as in one edition's table.
    ResultCode,
}

impl SimulatorOptions {
    /// Returns whether any option is set.
    pub(crate) fn is_any_set(&self) -> bool {
        *self != Self::default()
    }

    /// Returns the requested file limit.
    pub(crate) fn max_file_bytes(&self) -> Option<usize> {
        self.max_file_bytes
    }

    /// Returns a builder with these settings.
    pub(crate) fn builder(&self) -> SandboxBuilder {
        let mut builder = Sandbox::builder();
        if let Some(plan) = &self.faults {
            builder = builder.faults(plan.clone());
        }
        if let Some(seed) = self.fault_seed {
            builder = builder.fault_seed(seed);
        }
        if let Some(seconds) = self.access_token_lifetime {
            builder = builder.access_token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.session_token_lifetime {
            builder = builder.session_token_lifetime(Duration::from_secs(seconds));
        }
        if let Some(rotation) = self.rotation {
            builder = builder.rotate_session_token(rotation.into());
        }
        if let Some(bytes) = self.max_file_bytes {
            builder = builder.max_file_bytes(bytes);
        }
        if let Some(spelling) = self.answer_spelling {
            builder = builder.response_format(spelling.into());
        }
        builder
    }
}

impl From<Rotation> for RotationPolicy {
    fn from(rotation: Rotation) -> Self {
        match rotation {
            Rotation::Never => Self::never(),
            Rotation::EveryCall => Self::every_call(),
            Rotation::EveryCallStrict => Self::every_call().revoke_old(),
            Rotation::AroundExpiry => Self::around_expiry(AROUND_EXPIRY, AROUND_EXPIRY),
        }
    }
}

impl From<AnswerSpelling> for ResponseFormat {
    fn from(spelling: AnswerSpelling) -> Self {
        match spelling {
            AnswerSpelling::ReturnCode => Self::ReturnCode,
            AnswerSpelling::ResultCode => Self::ResultCode,
        }
    }
}
