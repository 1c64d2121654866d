//! Recognises one chunk of a file by the parameters that libraries send with it. It may begin as the file does, and
//! would be stored as if it were the file.

use std::borrow::Cow;

use crate::error::UploadError;

/// What files are divided into.
const CHUNK: &str = "chunk";

/// What scripts also call a chunk. A whole file may have a number of these, so their number counts only beside that
/// of the chunk itself.
const OTHER_UNITS: [&str; 3] = ["slice", "shard", "part"];

/// Plupload's and `WebUploader`'s name of the number of chunks, which may also mean something else.
const CHUNKS: &str = "chunks";

/// How names of a chunk's own number end.
const NUMBER_ENDS: [&str; 4] = ["", "index", "number", "no"];

/// Fine Uploader's name of the number of parts.
const FINE_UPLOADER_COUNT: &str = "qqtotalparts";

/// The names of the chunk's size and the file's in ng-file-upload, which sends no number of chunks.
const CHUNK_BYTES: &str = "currentchunksize";
const TOTAL_BYTES: &str = "totalsize";

/// How home-made clients mark the last chunk, or the others. The file may also be one of several, so these marks
/// count only beside the chunk's number, unless they name chunks or the end of the file.
const IS_LAST: [&str; 4] = ["last", "final", "eof", "endoffile"];
const HAS_MORE: [&str; 2] = ["more", "hasmore"];

/// The lowest number of a chunk that is not the only one, however chunks are counted.
const MIN_LATER_NUMBER: u64 = 2;

/// The parameters that contain an object, and its member with the number of chunks: Kendo UI and `DevExtreme`.
const METADATA: [(&str, &str); 2] = [("metadata", "totalChunks"), ("chunkmetadata", "TotalCount")];

/// The longest value that is examined.
const MAX_VALUE_BYTES: usize = 1024;

/// The parameters of an upload that may describe one chunk of a file: fields of a form, parameters of a query, headers
/// or members of a JSON object. Letter case and separators in their names are ignored.
///
/// ```
/// use ccmessaging_core::ChunkParameters;
///
/// let mut parameters = ChunkParameters::default();
/// assert!(parameters.add("chunkIndex", b"0").is_ok());
/// assert!(parameters.add("totalChunks", b"4").is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct ChunkParameters {
    chunk_bytes: Option<u64>,
    total_bytes: Option<u64>,
    /// The chunk's own number.
    number: Option<u64>,
    /// A number of chunks that may mean something else.
    count: Option<u64>,
    /// Whether something follows, which may be another file.
    has_more: bool,
}

impl ChunkParameters {
    /// Examines a parameter.
    ///
    /// # Errors
    ///
    /// [`UploadError::Chunk`]: with those before it, it describes a chunk that is not the whole file.
    pub fn add(&mut self, name: &str, value: &[u8]) -> Result<(), UploadError> {
        let value = Some(value).filter(|value| value.len() <= MAX_VALUE_BYTES);
        let Some(value) = value.and_then(|value| std::str::from_utf8(value).ok()) else {
            return Ok(());
        };
        let name = folded(name);
        let number = value.trim().parse::<u64>().ok();
        let is_several = number.is_some_and(|count| count > 1);
        let is_chunk = if name == CHUNK_BYTES {
            self.chunk_bytes = number;
            false
        } else if name == TOTAL_BYTES {
            self.total_bytes = number;
            false
        } else if let Some(mark) = Mark::of(&name) {
            let has_more = mark.announces_more(value.trim());
            self.has_more |= has_more;
            mark.is_of_chunk && has_more
        } else if let Some((_, member)) = METADATA.iter().find(|(parameter, _)| name == *parameter)
        {
            counts_several(value, member)
        } else if counts(&name, CHUNK) || name == FINE_UPLOADER_COUNT {
            is_several
        } else if name == CHUNKS || OTHER_UNITS.iter().any(|unit| counts(&name, unit)) {
            self.count = self.count.max(number.filter(|_| is_several));
            false
        } else {
            if is_number(&name, &[CHUNK]) || is_number(&name, &OTHER_UNITS) {
                self.number = self.number.or(number);
            }
            let is_later = number.is_some_and(|number| number >= MIN_LATER_NUMBER);
            is_later && !name.ends_with(CHUNK) && is_number(&name, &[CHUNK])
        };
        let is_shorter = self.chunk_bytes.zip(self.total_bytes);
        let is_shorter = is_shorter.is_some_and(|(chunk, total)| chunk < total);
        // A spare part has a number, too, but not one of so few.
        let is_one_of = self
            .number
            .zip(self.count)
            .is_some_and(|(number, count)| number <= count);
        let is_followed = self.has_more && self.number.is_some();
        if is_chunk || is_shorter || is_one_of || is_followed {
            return Err(UploadError::Chunk);
        }
        Ok(())
    }

    /// Examines a member of a JSON object by the text of its value.
    pub(super) fn add_member(&mut self, name: &str, value: &str) -> Result<(), UploadError> {
        // An escape takes up to six bytes.
        if value.len() > 6 * MAX_VALUE_BYTES {
            return Ok(());
        }
        let value = if value.starts_with('"') {
            serde_json::from_str(value).map_or(Cow::Borrowed(""), Cow::Owned)
        } else {
            Cow::Borrowed(value)
        };
        self.add(name, value.as_bytes())
    }
}

/// Returns a name in lower case and without separators.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns whether a name is that of a number of units, such as `totalchunks`, `dztotalchunkcount` or `chunktotal`.
fn counts(name: &str, unit: &str) -> bool {
    let counted = ["total", "count"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    let units = counted.unwrap_or(name);
    let before = units.strip_suffix('s').unwrap_or(units).strip_suffix(unit);
    before.is_some_and(|before| counted.is_some() || before.ends_with("total"))
}

/// Returns whether a name is that of a unit's own number, such as `chunk`, `partnumber` or `sliceindex`.
fn is_number(name: &str, units: &[&str]) -> bool {
    let mut names = NUMBER_ENDS.iter().filter_map(|end| name.strip_suffix(end));
    names.any(|name| units.iter().any(|unit| name.ends_with(unit)))
}

/// A parameter that says whether a chunk is the last one.
struct Mark {
    /// Whether its name says that this is about a chunk.
    is_of_chunk: bool,
    /// Whether it marks the last chunk rather than the others.
    marks_last: bool,
    /// Whether its value may be a number other than 0 and 1, such as that of the last chunk.
    may_be_number: bool,
}

impl Mark {
    /// Returns the meaning of names such as `islast`, `eof`, `lastchunk` or `morechunks`.
    fn of(name: &str) -> Option<Self> {
        let without_is = name.strip_prefix("is").unwrap_or(name);
        let name = without_is.strip_suffix('s').unwrap_or(without_is);
        let mut units = OTHER_UNITS.iter().chain([&CHUNK]);
        let unit = units.find(|unit| name.ends_with(*unit));
        let mark = unit
            .and_then(|unit| name.strip_suffix(*unit))
            .unwrap_or(name);
        let marks_last = IS_LAST.contains(&mark);
        (marks_last || HAS_MORE.contains(&mark)).then(|| Self {
            is_of_chunk: unit == Some(&CHUNK) || mark.starts_with('e'),
            marks_last,
            may_be_number: unit.is_some(),
        })
    }

    /// Returns whether a value says that something follows.
    fn announces_more(&self, value: &str) -> bool {
        let (word, digit) = if self.marks_last {
            ("false", "0")
        } else {
            ("true", "1")
        };
        value.eq_ignore_ascii_case(word) || (value == digit && !self.may_be_number)
    }
}

/// Returns whether a member of an object is a number of several chunks.
fn counts_several(object: &str, member: &str) -> bool {
    let object: Option<serde_json::Value> = serde_json::from_str(object).ok();
    let count = object.and_then(|object| object.get(member)?.as_u64());
    count.is_some_and(|count| count > 1)
}
