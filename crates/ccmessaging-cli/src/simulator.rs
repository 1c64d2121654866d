//! The simulated upstream's settings, as arguments.

use std::path::PathBuf;
use std::time::Duration;

use ccmessaging_sandbox::{FaultPlan, RotationPolicy, Sandbox, SandboxBuilder, Spelling, Storage};
use clap::{Args, ValueEnum};

/// Around the end of a session token, the stretch before and after in which it is replaced.
const AROUND_EXPIRY: Duration = Duration::from_secs(300);

/// How a simulated upstream behaves; each unset option leaves the sandbox's own default.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Simulated upstream")]
pub(crate) struct SimulatorOptions {
    /// What goes wrong, as a JSON array of rules such as {"call":"uploadFileStream","fault":"reset"}.
    ///
    /// The first rule that fits a call decides. All members of a rule are optional:
    ///   call     "tokenByAkSk", "applyToken", "uploadFileStream" or "downloadFileStream"
    ///   when     {"nth":2}, {"first":3}, {"from":4} or {"chance":0.2}
    ///   delayMs  milliseconds before the answer
    ///   fault    "reset", "resetAfterHeaders", "resetMidBody", "truncate", "cut", "html", "garbage",
    ///            {"drip":{"pauseMs":100}}, {"huge":{"bytes":1000000}} or {"status":{"code":503}},
    ///            which takes "retryAfter", "location" and "body", too
    #[arg(long, value_name = "JSON", verbatim_doc_comment)]
    faults: Option<FaultPlan>,

    /// Chooses the random numbers behind {"chance":0.2} [default: 0].
    #[arg(long, value_name = "NUMBER")]
    fault_seed: Option<u64>,

    /// The longest life of an access token, 1 to 3600 [default: 3600].
    #[arg(long, value_name = "SECONDS")]
    access_token_lifetime: Option<u64>,

    /// The life of a ccmessaging-token, 1 to 86400 [default: 3600].
    #[arg(long, value_name = "SECONDS")]
    session_token_lifetime: Option<u64>,

    /// When a ccmessaging-token is replaced by a new one in an answer [default: never].
    #[arg(long, value_name = "WHEN")]
    rotation: Option<Rotation>,

    /// Keep uploaded files in this folder [default: in memory].
    #[arg(long, value_name = "FOLDER")]
    storage: Option<PathBuf>,

    /// The largest file that the upstream takes, in bytes.
    #[arg(long, value_name = "BYTES")]
    max_file_bytes: Option<usize>,

    /// The name of the code in answers to uploads [default: return-code].
    #[arg(long, value_name = "SPELLING")]
    answer_spelling: Option<AnswerSpelling>,
}

/// When a session token is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Rotation {
    /// Never; an expired token is refused.
    Never,
    /// By every upload and download; the old token stays valid until it expires.
    EveryCall,
    /// By every upload and download; the old token is refused from then on.
    EveryCallStrict,
    /// Within five minutes of its end, before or after.
    AroundExpiry,
}

/// The edition of the documentation that answers to uploads follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AnswerSpelling {
    /// `returnCode`, as in the examples.
    ReturnCode,
    /// `resultCode`, as in one edition's table.
    ResultCode,
}

impl SimulatorOptions {
    /// Whether any option was given.
    pub(crate) fn is_any_set(&self) -> bool {
        *self != Self::default()
    }

    /// The file limit that was asked for.
    pub(crate) fn max_file_bytes(&self) -> Option<usize> {
        self.max_file_bytes
    }

    /// A sandbox with these settings.
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
        if let Some(folder) = &self.storage {
            builder = builder.storage(Storage::Folder(folder.clone()));
        }
        if let Some(bytes) = self.max_file_bytes {
            builder = builder.max_file_bytes(bytes);
        }
        if let Some(spelling) = self.answer_spelling {
            builder = builder.answer_spelling(spelling.into());
        }
        builder
    }
}

impl From<Rotation> for RotationPolicy {
    fn from(rotation: Rotation) -> Self {
        match rotation {
            Rotation::Never => Self::never(),
            Rotation::EveryCall => Self::every_call(),
            Rotation::EveryCallStrict => Self::every_call().refusing_the_old_token(),
            Rotation::AroundExpiry => Self::around_expiry(AROUND_EXPIRY, AROUND_EXPIRY),
        }
    }
}

impl From<AnswerSpelling> for Spelling {
    fn from(spelling: AnswerSpelling) -> Self {
        match spelling {
            AnswerSpelling::ReturnCode => Self::ReturnCode,
            AnswerSpelling::ResultCode => Self::ResultCode,
        }
    }
}
