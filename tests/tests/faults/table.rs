//! What a row of the table holds.

use ccmessaging_sandbox::{FaultPlan, FaultRule};
use gateway_tests::{Certificate, Script};

/// The session token that an upstream of the table sends back in place of the caller's.
pub(crate) const ROTATED_TOKEN: &str = "rotated-token-of-the-test";

/// Rows about one subject.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// What stands above its rows on the page.
    pub(crate) introduction: &'static str,
    /// What is counted in its rows.
    pub(crate) counted: Counted,
    pub(crate) rows: Vec<Row>,
}

/// Which calls a section's rows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Attempts of the upload.
    Uploads,
    /// Calls of the token service; no upload is attempted unless one is stored.
    TokenCalls,
}

/// One fault and what the caller gets for it.
pub(crate) struct Row {
    /// What the upstream does, as the page words it.
    pub(crate) fault: String,
    pub(crate) upstream: Upstream,
    /// Who scans the file for malware.
    pub(crate) scanner: Option<Scanner>,
    /// Settings of the gateway besides the addresses.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// Whether the file is more than the buffers of a connection hold.
    pub(crate) is_large: bool,
    pub(crate) answer: Expected,
    /// How many calls the gateway makes of what the section counts.
    pub(crate) calls: usize,
    /// Whether the answer carries a session token that the upstream rotated.
    pub(crate) hands_token_over: bool,
}

/// Who is at the address of `clamd`.
pub(crate) enum Scanner {
    /// Nobody listens there.
    Nobody,
    /// A script.
    Scripted(Script),
}

/// Who is at the upstream's address.
pub(crate) enum Upstream {
    /// Nobody listens there.
    Nobody,
    /// A name that cannot exist.
    NoSuchName,
    /// A listener that accepts nothing and whose queue is full.
    FullQueue,
    /// The simulated contact centre, which rotates the session token on every call, with faults.
    Sandbox(FaultPlan),
    /// The same, and a token service at an address where nobody listens.
    SandboxWithoutTokenService,
    /// A script, without TLS on either side.
    Raw(Script),
    /// A script behind TLS.
    Tls(Certificate, Trust, Script),
    /// A script without TLS, which the gateway calls over TLS.
    NoTls(Script),
    /// A redirect of that status to a server that must not be called.
    Redirect(u16),
}

impl From<FaultRule> for Upstream {
    fn from(rule: FaultRule) -> Self {
        Self::Sandbox(rule.into())
    }
}

/// Whether the gateway trusts the authority of the upstream's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    Given,
    Withheld,
}

/// What the caller gets.
pub(crate) struct Expected {
    pub(crate) status: u16,
    /// `None` where the answer has no such member.
    pub(crate) return_code: Option<&'static str>,
    /// The gateway's own sentence; `None` where the upstream's answer is passed on.
    pub(crate) sentence: Option<String>,
    /// The body and the `Retry-After` that are passed on, where the row knows them.
    pub(crate) passed_on: Option<(&'static str, Option<&'static str>)>,
}

impl Row {
    /// A fault that the upload does not survive, after one call.
    pub(crate) fn failed(
        fault: impl Into<String>,
        upstream: Upstream,
        sentence: impl Into<String>,
    ) -> Self {
        Self::answered(fault, upstream, Expected::own(500, "13", sentence))
    }

    /// A fault that the caller does not notice.
    pub(crate) fn stored(fault: impl Into<String>, upstream: Upstream) -> Self {
        Self::answered(fault, upstream, Expected::of_upstream(200, Some("0")))
    }

    pub(crate) fn answered(fault: impl Into<String>, upstream: Upstream, answer: Expected) -> Self {
        Self {
            fault: fault.into(),
            upstream,
            scanner: None,
            settings: &[],
            is_large: false,
            answer,
            calls: 1,
            hands_token_over: false,
        }
    }

    pub(crate) fn scanned_by(mut self, scanner: Scanner) -> Self {
        self.scanner = Some(scanner);
        self
    }

    pub(crate) fn calls(mut self, calls: usize) -> Self {
        self.calls = calls;
        self
    }

    pub(crate) fn handing_token_over(mut self) -> Self {
        self.hands_token_over = true;
        self
    }

    pub(crate) fn with(mut self, settings: &'static [(&'static str, &'static str)]) -> Self {
        self.settings = settings;
        self
    }

    pub(crate) fn large(mut self) -> Self {
        self.is_large = true;
        self
    }
}

impl Expected {
    /// The gateway's own answer.
    pub(crate) fn own(status: u16, return_code: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            sentence: Some(sentence.into()),
            ..Self::of_upstream(status, Some(return_code))
        }
    }

    /// The upstream's answer.
    pub(crate) fn of_upstream(status: u16, return_code: Option<&'static str>) -> Self {
        Self {
            status,
            return_code,
            sentence: None,
            passed_on: None,
        }
    }

    /// Whether the caller is told that the file is stored.
    pub(crate) fn is_stored(&self) -> bool {
        self.return_code == Some("0")
    }
}
