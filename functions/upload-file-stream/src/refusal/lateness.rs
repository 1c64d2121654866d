//! By which limit a body came too late.

/// The limit of time that a body did not keep to.
///
/// Of two limits that end at the same moment, the earlier one here is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Lateness {
    /// The whole body was not there within `RECEIVE_TIMEOUT_MS`, or the platform's deadline came.
    #[error("the body did not arrive in time; send it again")]
    Whole,
    /// Nothing of it came for `IDLE_TIMEOUT_MS`.
    #[error("the rest of the body did not arrive in time; send it again, without a pause")]
    Silent,
    /// It came at less than the least average rate.
    #[error(
        "the body arrives at less than {least_bytes_per_second} bytes a second; send it again over a faster connection"
    )]
    Slow {
        /// The rate.
        least_bytes_per_second: u32,
    },
}
