//! The body of a call.

use http_body_util::Either;

use super::streamed::StreamedBody;
use crate::segmented_body::SegmentedBody;

/// The body of a call: whole, or still being made.
pub(super) type CallBody = Either<SegmentedBody, StreamedBody>;

impl From<SegmentedBody> for CallBody {
    fn from(body: SegmentedBody) -> Self {
        Self::Left(body)
    }
}

impl From<StreamedBody> for CallBody {
    fn from(body: StreamedBody) -> Self {
        Self::Right(body)
    }
}
