//! The forwarded JSON of a valid upload.

use ccmessaging_core::{
    BmpSpelling, Declared, FileType, Payload, Policy, UploadError, UploadRequest,
};

const TEXT: &str = "name,city\n";
/// `TEXT` in Base64.
const ENCODED: &str = "bmFtZSxjaXR5Cg==";

fn body(file_type: &str, file_stream: &str, channel: &str) -> String {
    format!(r#"{{"fileType":"{file_type}","fileStream":"{file_stream}","channel":"{channel}"}}"#)
}

fn payload(body: String, policy: &Policy) -> Result<String, UploadError> {
    let upload = UploadRequest::from_json(body)?.validate(policy)?;
    Ok(text(&upload.into_payload()))
}

fn text(payload: &Payload) -> String {
    let whole = payload.to_vec();
    assert_eq!(whole.len(), payload.len());
    assert_eq!(whole, payload.segments().concat());
    String::from_utf8(whole).expect("JSON is UTF-8")
}

#[test]
fn file_type_is_forwarded_as_spelled() {
    for spelling in ["csv", "CSV", "Csv", "txt", "TXT", "tXt"] {
        let sent = payload(body(spelling, ENCODED, "WEB"), &Policy::default());
        assert_eq!(sent, Ok(body(spelling, ENCODED, "WEB")));
    }
}

#[test]
fn forwarded_base64_is_canonical() {
    for file_stream in [
        r"bmFtZSxjaXR5Cg",
        r"bmFtZSxj\r\naXR5Cg==",
        r"data:text\/csv;base64,bmFtZSxjaXR5Cg==",
        r"DATA:;BASE64,bmFtZSxjaXR5Cg==",
        r"data:text/plain;charset=utf-8;base64,bmFtZSxjaXR5Cg==",
        r"data:application/vnd.ms-excel;base64,bmFtZSxjaXR5Cg==",
        r"\u0062mFtZSxjaXR5Cg==",
    ] {
        let sent = payload(body("csv", file_stream, "WEB"), &Policy::default());
        assert_eq!(sent, Ok(body("csv", ENCODED, "WEB")), "{file_stream}");
    }
}

#[test]
fn undocumented_fields_are_not_forwarded() {
    let request =
        format!(r#"{{"token":"t","channel":"WEB","fileStream":"{ENCODED}","fileType":"txt"}}"#);
    assert_eq!(
        payload(request, &Policy::default()),
        Ok(body("txt", ENCODED, "WEB"))
    );
}

#[test]
fn a_file_without_a_declared_type_gets_the_newest_spelling() {
    let upload = UploadRequest::from_file(TEXT, Declared::Unknown).validate(&Policy::default());
    let upload = upload.expect("text");
    assert_eq!(upload.file_type(), FileType::Txt);
    assert_eq!(text(&upload.into_payload()), body("txt", ENCODED, "WEB"));
}

#[test]
fn an_inferred_bitmap_is_spelled_as_the_policy_says() {
    let bitmap =
        b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0\x01\0\x01\0\x18\0\0\0\xff\0".as_slice();
    for (bmp_spelling, expected) in [(BmpSpelling::Bmp, "bmp"), (BmpSpelling::Bpm, "bpm")] {
        let policy = Policy::default().with_bmp_spelling(bmp_spelling);
        let upload = UploadRequest::from_file(bitmap, Declared::Unknown)
            .validate(&policy)
            .expect("bitmap");
        assert_eq!(upload.spelling(), expected);
        let declared = UploadRequest::from_file(bitmap, "BMP")
            .validate(&policy)
            .expect("bitmap");
        assert_eq!(declared.spelling(), "BMP");
        let typed = UploadRequest::from_file(bitmap, FileType::Bmp)
            .validate(&policy)
            .expect("bitmap");
        assert_eq!(typed.spelling(), expected);
    }
}

#[test]
fn file_and_its_json_have_the_same_payload() {
    let upload = UploadRequest::from_file(TEXT, "csv").validate(&Policy::default());
    let upload = upload.expect("text");
    assert_eq!(upload.decoded_bytes(), TEXT.len());
    assert_eq!(
        Ok(text(&upload.into_payload())),
        payload(body("csv", ENCODED, "WEB"), &Policy::default())
    );
}
