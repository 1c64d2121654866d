//! A head that proves a type speaks for every file that begins with it: the whole file is accepted
//! as the same type, and what is sent on piece by piece is the same upload. The input's first four
//! bytes are what is declared (a type by its number, or nothing), the size of the pieces less one,
//! and the length of the head (16 bits, the low byte first); the file follows.

#![no_main]

use bytes::Bytes;
use ccmessaging_core::{FileHead, FileType, Policy, StreamedUpload, UploadRequest};
use libfuzzer_sys::fuzz_target;

/// The type, and the file in Base64, of what is sent on while it arrives; the pieces are pushed as
/// they come, and taken out of every other one only.
fn streamed(mut upload: StreamedUpload, rest: &[u8], piece: usize) -> (FileType, Vec<u8>) {
    let mut body = Vec::new();
    for (number, piece) in rest.chunks(piece).enumerate() {
        upload
            .push(Bytes::copy_from_slice(piece))
            .expect("within the limit");
        while number % 2 == 0
            && let Some(segment) = upload.next_segment()
        {
            assert!(segment.len() <= StreamedUpload::SEGMENT_BYTES);
            body.extend_from_slice(&segment);
        }
    }
    body.extend_from_slice(&upload.finish());
    validated(UploadRequest::from_json(body).expect("the documented JSON"))
}

fn validated(request: UploadRequest) -> (FileType, Vec<u8>) {
    let upload = request.validate(&Policy::default()).expect("proven");
    (upload.file_type(), upload.file().as_text().to_vec())
}

fuzz_target!(|input: &[u8]| {
    let Some((&[declared, piece, l0, l1], file)) = input.split_first_chunk() else {
        return;
    };
    let declared = FileType::ALL.get(usize::from(declared)).copied();
    let length = usize::from(u16::from_le_bytes([l0, l1])).min(file.len());
    let (head, rest) = file.split_at(length);
    let head = FileHead::new(Bytes::copy_from_slice(head), declared);
    if let Ok(upload) = head.prove(&Policy::default()) {
        let whole = UploadRequest::from_file(file, declared);
        assert_eq!(
            streamed(upload, rest, usize::from(piece) + 1),
            validated(whole)
        );
    }
});
