//! Recognises one chunk of a file. It may begin as the file does, and would be stored as if it were the file.
//!
//! Libraries describe a chunk by parameters, which are fields of the form, parameters of the query, headers or
//! members of a JSON object in a field; or by the headers of HTTP and of protocols for resumable uploads.

use http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::FormError;
use super::folded;

/// The names of the number of chunks, in lower case and without separators.
const COUNTS: [&str; 9] = [
    // Dropzone.
    "dztotalchunkcount",
    "resumabletotalchunks",
    "flowtotalchunks",
    // simple-uploader, Kendo UI and many scripts, also as X-Total-Chunks.
    "totalchunks",
    // Fine Uploader.
    "qqtotalparts",
    // bootstrap-fileinput.
    "chunkcount",
    // Syncfusion.
    "totalchunk",
    // huge-uploader.
    "uploaderchunkstotal",
    "chunkstotal",
];

/// Names of that number that may also mean something else, and those of the chunk's own number, without which they
/// are ignored: Plupload and `WebUploader`; scripts that follow S3.
const AMBIGUOUS_COUNTS: [&str; 2] = ["chunks", "totalparts"];
const CHUNK_NUMBERS: [&str; 2] = ["chunk", "partnumber"];

/// The names of the chunk's size and the file's in ng-file-upload, which sends no number of chunks.
const CHUNK_BYTES: &str = "currentchunksize";
const TOTAL_BYTES: &str = "totalsize";

/// The fields that contain an object, and its member with the number of chunks: Kendo UI and `DevExtreme`.
const METADATA: [(&str, &str); 2] = [("metadata", "totalChunks"), ("chunkmetadata", "TotalCount")];

/// The longest value that is examined.
const MAX_VALUE_BYTES: usize = 1024;

/// nginx's upload module and others.
const X_CONTENT_RANGE: HeaderName = HeaderName::from_static("x-content-range");

/// tus 1.0.
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");

/// tus, `FilePond` and the IETF's draft of resumable uploads.
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// The IETF's draft, in its newer and its older form, and the value that means that more follows. Apple's
/// `URLSession` also sends the headers with whole files.
const INCOMPLETE: [(HeaderName, &str); 2] = [
    (HeaderName::from_static("upload-complete"), "?0"),
    (HeaderName::from_static("upload-incomplete"), "?1"),
];

/// The parameters that were read.
#[derive(Default)]
pub(super) struct ChunkParameters {
    chunk_bytes: Option<u64>,
    total_bytes: Option<u64>,
    has_chunk_number: bool,
    /// Whether one of [`AMBIGUOUS_COUNTS`] is more than 1.
    may_be_several: bool,
}

impl ChunkParameters {
    /// Examines a parameter.
    ///
    /// # Errors
    ///
    /// With those before it, it describes a chunk that is not the whole file.
    pub(super) fn add(&mut self, name: &str, value: &[u8]) -> Result<(), FormError> {
        let Some(value) = value
            .get(..value.len().min(MAX_VALUE_BYTES))
            .and_then(|value| std::str::from_utf8(value).ok())
        else {
            return Ok(());
        };
        let name = folded(name);
        let number = || value.trim().parse::<u64>().ok();
        let is_several_chunks = || number().is_some_and(|count| count > 1);
        let is_several = if COUNTS.contains(&&name[..]) {
            is_several_chunks()
        } else if AMBIGUOUS_COUNTS.contains(&&name[..]) {
            self.may_be_several = is_several_chunks();
            false
        } else if CHUNK_NUMBERS.contains(&&name[..]) {
            self.has_chunk_number = number().is_some();
            false
        } else if name == CHUNK_BYTES {
            self.chunk_bytes = number();
            false
        } else if name == TOTAL_BYTES {
            self.total_bytes = number();
            false
        } else {
            METADATA
                .iter()
                .any(|&(field, member)| name == field && counts_several(value, member))
        };
        let is_shorter = self.chunk_bytes.zip(self.total_bytes);
        let is_shorter = is_shorter.is_some_and(|(chunk, total)| chunk < total);
        if is_several || is_shorter || (self.may_be_several && self.has_chunk_number) {
            return Err(FormError::Chunk);
        }
        Ok(())
    }
}

/// Rejects a request whose headers or query describe a chunk.
pub(super) fn check_head(headers: &HeaderMap, query: Option<&str>) -> Result<(), FormError> {
    if headers.contains_key(TUS_RESUMABLE) {
        return Err(FormError::Resumable);
    }
    let ranges = [CONTENT_RANGE, X_CONTENT_RANGE];
    let mut ranges = ranges.iter().flat_map(|name| headers.get_all(name));
    let has = |(name, incomplete): &(HeaderName, &str)| {
        headers.get(name).is_some_and(|value| value == incomplete)
    };
    if ranges.any(is_shorter_range) || is_shorter_upload(headers) || INCOMPLETE.iter().any(has) {
        return Err(FormError::Chunk);
    }
    let mut parameters = ChunkParameters::default();
    for (name, value) in headers {
        let name = name.as_str();
        parameters.add(name.strip_prefix("x-").unwrap_or(name), value.as_bytes())?;
    }
    let mut parameters = ChunkParameters::default();
    for parameter in query.unwrap_or_default().split('&') {
        if let Some((name, value)) = parameter.split_once('=') {
            parameters.add(name, value.as_bytes())?;
        }
    }
    Ok(())
}

/// Returns whether a `Content-Range` (RFC 9110 section 14.4) is less than the whole file. It is if the total is
/// unknown: who has the whole file knows its length.
fn is_shorter_range(range: &HeaderValue) -> bool {
    let is_shorter = || {
        let range = range.to_str().ok()?.trim();
        let range = range.strip_prefix("bytes").unwrap_or(range);
        let (range, total) = range.trim_start_matches(['=', ' ']).split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let before_last = number(last)?.checked_sub(number(first)?)?;
        Some(total.trim() == "*" || before_last.checked_add(1)? < number(total)?)
    };
    is_shorter().unwrap_or(false)
}

/// Returns whether a body is less than the upload that its headers describe.
fn is_shorter_upload(headers: &HeaderMap) -> bool {
    let number = |name: HeaderName| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let offset = number(UPLOAD_OFFSET);
    let is_shorter = match (number(UPLOAD_LENGTH), number(CONTENT_LENGTH)) {
        (Some(total), Some(length)) => length < total,
        (Some(_), None) => offset.is_some(),
        (None, _) => false,
    };
    is_shorter || offset.is_some_and(|offset| offset > 0)
}

/// Returns whether a member of an object is a number of several chunks.
fn counts_several(object: &str, member: &str) -> bool {
    let object: Option<serde_json::Value> = serde_json::from_str(object).ok();
    let count = object.and_then(|object| object.get(member)?.as_u64());
    count.is_some_and(|count| count > 1)
}
