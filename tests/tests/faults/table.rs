//! The rows of the table.

use ccmessaging_sandbox::{FaultPlan, FaultRule};
use gateway_tests::{Certificate, Script};

/// The session token with which the upstreams replace the caller's.
pub(crate) const ROTATED_TOKEN: &str = "rotated-token-of-the-test";

/// The rows of one subject.
pub(crate) struct Section {
    pub(crate) title: &'static str,
    /// The text above the rows on the page.
    pub(crate) introduction: &'static str,
    /// The calls that the rows count.
    pub(crate) counted: Counted,
    pub(crate) rows: Vec<Row>,
}

/// The kind of calls that a section counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Attempts of the upload.
    Uploads,
    /// Attempts of `send`, which the section calls instead of uploading.
    Messages,
    /// Calls of the token service; no upload is attempted unless one is stored.
    TokenCalls,
}

/// A fault and the response to the caller.
pub(crate) struct Row {
    /// The fault as described on the page.
    pub(crate) fault: String,
    pub(crate) upstream: Upstream,
    /// The malware scanner, if there is one.
    pub(crate) scanner: Option<Scanner>,
    /// Settings of the gateway except the addresses.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// Whether the file exceeds the buffers of a connection.
    pub(crate) is_large: bool,
    pub(crate) answer: Expected,
    /// The number of calls of the section's kind.
    pub(crate) calls: usize,
    /// Whether the response contains the rotated session token.
    pub(crate) hands_token_over: bool,
}

/// The server at the address of `clamd`.
pub(crate) enum Scanner {
    /// A closed port.
    Nobody,
    /// A script.
    Scripted(Script),
}

/// The server at the upstream's address.
pub(crate) enum Upstream {
    /// A closed port.
    Nobody,
    /// A name that cannot exist.
    NoSuchName,
    /// A listener with a full backlog.
    FullQueue,
    /// The simulated contact centre, which rotates the session token on every call, with faults.
    Sandbox(FaultPlan),
    /// The simulated contact centre, with a closed port as the token service.
    SandboxWithoutTokenService,
    /// A script, without TLS on either side.
    Raw(Script),
    /// A script served over TLS.
    Tls(Certificate, Trust, Script),
    /// A script without TLS, which the gateway calls over TLS.
    NoTls(Script),
    /// A redirect of that status to a server that must not be called.
    Redirect(u16),
}

impl Counted {
    /// The names of the result code and its description in responses to the section's call.
    pub(crate) const fn members(self) -> [&'static str; 2] {
        match self {
            Self::Uploads | Self::TokenCalls => ["returnCode", "returnDesc"],
            Self::Messages => ["resultCode", "resultDesc"],
        }
    }
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

/// The expected response.
pub(crate) struct Expected {
    pub(crate) status: u16,
    /// `None` if the response has no such member.
    pub(crate) return_code: Option<&'static str>,
    /// The gateway's description; `None` if the upstream's response is forwarded.
    pub(crate) sentence: Option<String>,
    /// The forwarded body and `Retry-After`, if the row defines them.
    pub(crate) passed_on: Option<(String, Option<&'static str>)>,
}

impl Row {
    /// Returns a row whose upload fails after one call.
    pub(crate) fn failed(
        fault: impl Into<String>,
        upstream: Upstream,
        sentence: impl Into<String>,
    ) -> Self {
        Self::answered(fault, upstream, Expected::own(500, "13", sentence))
    }

    /// Returns a row whose upload is stored.
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
    /// Returns a response generated by the gateway.
    pub(crate) fn own(status: u16, return_code: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            sentence: Some(sentence.into()),
            ..Self::of_upstream(status, Some(return_code))
        }
    }

    /// Returns a forwarded response of the upstream.
    pub(crate) fn of_upstream(status: u16, return_code: Option<&'static str>) -> Self {
        Self {
            status,
            return_code,
            sentence: None,
            passed_on: None,
        }
    }

    /// Returns whether the response reports the file as stored.
    pub(crate) fn is_stored(&self) -> bool {
        self.return_code == Some("0")
    }
}
