//! The upstream's response in a few words, for metrics and outcomes.

use http::StatusCode;

use crate::outcome::Outcome;

/// The status and the return code of the upstream's response to an upload, reduced to fixed sets of
/// words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UpstreamResult {
    pub(super) status: &'static str,
    pub(super) return_code: &'static str,
}

impl UpstreamResult {
    /// Every value of `status`.
    pub(super) const STATUSES: [&'static str; 9] = [
        "2xx", "400", "401", "403", "404", "413", "429", "5xx", "other",
    ];

    /// Every value of `return_code`.
    pub(super) const RETURN_CODES: [&'static str; 6] = ["0", "2", "3", "13", "other", "none"];

    /// Describes a response. A response without a valid status counts as `other`.
    pub(crate) fn new(status: Option<StatusCode>, return_code: Option<&str>) -> Self {
        Self {
            status: match status.map(|status| status.as_u16()) {
                Some(200..300) => "2xx",
                Some(400) => "400",
                Some(401) => "401",
                Some(403) => "403",
                Some(404) => "404",
                Some(413) => "413",
                Some(429) => "429",
                Some(500..600) => "5xx",
                _ => "other",
            },
            return_code: match return_code {
                Some("0") => "0",
                Some("2") => "2",
                Some("3") => "3",
                Some("13") => "13",
                Some(_) => "other",
                None => "none",
            },
        }
    }

    /// Returns the outcome of an upload whose response is passed on and does not say that the file is
    /// stored. Only the documented rejections concern the file; everything else is a failure that
    /// other uploads have too.
    pub(crate) fn outcome(self) -> Outcome {
        match (self.status, self.return_code) {
            ("413", _) | ("2xx" | "400", "2" | "3") => Outcome::RefusedByUpstream,
            _ => Outcome::FailedByUpstream,
        }
    }
}
