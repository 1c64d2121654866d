//! From a file to the body of the request that uploads it.
//!
//!     cargo run -p ccmessaging-core --example validate_file -- tests/samples/photo.jpg
//!
//! The type is the one that the file's name declares.

use std::error::Error;
use std::path::PathBuf;

use ccmessaging_core::{Policy, UploadRequest};

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or("name a file: validate_file photo.jpg")?
        .into();
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .ok_or("the file's name declares no type: give it an extension")?;

    let request = UploadRequest::from_file(std::fs::read(&path)?, extension);
    let upload = request.validate(&Policy::default())?;
    println!(
        "{} bytes, checked to be {}",
        upload.decoded_bytes(),
        upload.file_type()
    );

    let payload = upload.into_payload();
    println!("the request's body has {} bytes", payload.len());
    Ok(())
}
