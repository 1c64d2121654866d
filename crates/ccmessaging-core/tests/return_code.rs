//! The documented return codes.

use ccmessaging_core::ReturnCode;

#[test]
fn a_return_code_is_the_documented_number() {
    for code in [
        ReturnCode::Success,
        ReturnCode::MissingParameter,
        ReturnCode::IncorrectParameter,
        ReturnCode::UploadFailure,
    ] {
        assert_eq!((code as u8).to_string(), code.as_str());
    }
}
