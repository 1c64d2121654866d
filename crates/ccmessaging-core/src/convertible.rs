//! Uploads that become valid by a conversion.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use ccmessaging_media::convert::{ConvertError, m4a_to_adts, mov_to_mp4};

use crate::base64_text::CanonicalBase64;
use crate::content::Content;
use crate::conversion::Conversion;
use crate::damage;
use crate::error::{Field, FileProblem, UploadError};
use crate::policy::Policy;
use crate::sniff::{self, Mismatch};
use crate::validated::{ValidatedUpload, within_limit};

/// The result of [`UploadRequest::check`](crate::UploadRequest::check). Another variant would be a
/// breaking change, because every caller has to decide what happens to it.
#[derive(Clone, Debug)]
pub enum CheckedUpload {
    /// The upload can be sent.
    Valid(ValidatedUpload),
    /// The upload can be sent after a conversion.
    Convertible(ConvertibleUpload),
}

/// An upload whose fields are correct and whose content can probably be converted to its type.
///
/// Only [`convert`](Self::convert) makes it a [`ValidatedUpload`].
#[derive(Clone)]
pub struct ConvertibleUpload {
    pub(crate) conversion: Conversion,
    pub(crate) spelling: Cow<'static, str>,
    pub(crate) file: SourceFile,
    /// The part of the request that held the file.
    pub(crate) field: Field,
    /// Why the content is not of the type.
    pub(crate) mismatch: Mismatch,
}

/// A file as it was received.
#[derive(Clone)]
pub(crate) enum SourceFile {
    Text(CanonicalBase64),
    Raw(Bytes),
}

impl ConvertibleUpload {
    /// Returns the conversion that is needed.
    #[must_use]
    pub fn conversion(&self) -> Conversion {
        self.conversion
    }

    /// Returns the file as it was received: Base64 from JSON, else bytes.
    #[must_use]
    pub fn file(&self) -> &(dyn Content + Sync) {
        match &self.file {
            SourceFile::Text(text) => text,
            SourceFile::Raw(bytes) => bytes,
        }
    }

    /// Converts the file. The size limit applies to the result.
    ///
    /// The memory of the received file is released before the result is encoded.
    ///
    /// # Errors
    ///
    /// [`FileProblem::NotConvertible`]: the file is damaged, or a codec or structure is not supported.
    /// [`FileProblem::DamagedInTransit`]: the converted file shows that the source was damaged in transit.
    /// [`FileProblem::TooLarge`]: the result exceeds its limit.
    pub fn convert(self, policy: &Policy) -> Result<ValidatedUpload, UploadError> {
        let received_bytes = self.file().len();
        let Self {
            conversion,
            spelling,
            file,
            field,
            mismatch,
        } = self;
        let at_file = |problem| UploadError::File { field, problem };
        let file_type = conversion.target();
        let file = match convert(conversion, file) {
            Ok(file) => file,
            // It is a video, which the error without a conversion reports.
            Err(ConvertError::HasVideo) => return Err(at_file(mismatch.into())),
            Err(error) => return Err(at_file(FileProblem::NotConvertible { mismatch, error })),
        };
        if sniff::prove(file_type, &file).is_err() {
            let position = received_bytes;
            let error = ConvertError::Damaged { position };
            return Err(at_file(FileProblem::NotConvertible { mismatch, error }));
        }
        if let Some(damage) = damage::of_proven(file_type, &file) {
            return Err(at_file(damage.into()));
        }
        within_limit(file_type, file.len(), true, policy).map_err(at_file)?;
        let file = CanonicalBase64::encode(&file);
        let upload = ValidatedUpload::new(file_type, spelling, file, field);
        Ok(upload.converted_by(conversion))
    }
}

fn convert(conversion: Conversion, file: SourceFile) -> Result<Vec<u8>, ConvertError> {
    let file = match file {
        SourceFile::Text(text) => text.decode(),
        SourceFile::Raw(bytes) => bytes.into(),
    };
    match conversion {
        Conversion::MovToMp4 => mov_to_mp4(file),
        Conversion::M4aToAac => m4a_to_adts(&file),
    }
}

impl fmt::Debug for ConvertibleUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConvertibleUpload")
            .field("conversion", &self.conversion)
            .field("received_bytes", &self.file().len())
            .finish_non_exhaustive()
    }
}
