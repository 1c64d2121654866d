//! Explains to the sender why a file is rejected, in the words of the application.
//!
//!     cargo run -p ccmessaging-core --example explain_refusal -- tests/samples/photo.jpg
//!
//! Errors that a new version adds get the words of their class.

use std::error::Error;

use ccmessaging_core::sniff::Found;
use ccmessaging_core::{Declared, ErrorClass, FileProblem, Policy, UploadError, UploadRequest};

fn explain(error: &UploadError) -> String {
    match error {
        UploadError::File { problem, .. } => explain_file(problem),
        UploadError::UnsupportedFileType { .. } => "Files of this type cannot be sent.".to_owned(),
        UploadError::MediaTypeMismatch { declared, .. } => format!("This is no {declared} file."),
        other => match other.class() {
            ErrorClass::InvalidField => "This file cannot be sent.".to_owned(),
            // The application built the request incorrectly; the sender cannot help.
            ErrorClass::MalformedBody | ErrorClass::MissingField => {
                format!("Something went wrong ({}).", error.reason_code())
            }
        },
    }
}

fn explain_file(problem: &FileProblem) -> String {
    match problem {
        FileProblem::Empty => "The file is empty.".to_owned(),
        FileProblem::TooLarge { limit_bytes, .. } => {
            format!("The file is too large: at most {} KB.", limit_bytes / 1000)
        }
        FileProblem::Mismatch(mismatch) => match mismatch.found() {
            Found::Damaged { name } => format!("The {name} file is damaged. Save it again."),
            found => format!("Named {}, but the content is {found}.", mismatch.declared()),
        },
        FileProblem::Unsupported { found, .. } => {
            format!("The content is {found}, which cannot be sent.")
        }
        FileProblem::DamagedInTransit(_) => "The file was damaged on its way here.".to_owned(),
        FileProblem::Metadata(_) => "The file is damaged. Save it again.".to_owned(),
        _ => "This file cannot be sent.".to_owned(),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("name a file: explain_refusal photo.jpg")?;
    let extension = path.rsplit_once('.').map(|(_, extension)| extension);

    let upload = UploadRequest::from_file(std::fs::read(&path)?, Declared::from(extension));
    match upload.validate(&Policy::default()) {
        Ok(upload) => println!("Accepted as {}.", upload.file_type()),
        Err(error) => println!("{}", explain(&error)),
    }
    Ok(())
}
