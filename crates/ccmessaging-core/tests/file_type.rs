//! By which spellings and media types a file type is known.

use ccmessaging_core::FileType;

#[test]
fn every_documented_spelling_is_known_in_any_case() {
    for spelling in [
        "JPG", "JPEG", "PNG", "BPM", "BMP", "MP3", "AAC", "MP4", "TXT", "CSV",
    ] {
        assert!(FileType::from_spelling(spelling).is_some());
        assert!(FileType::from_spelling(&spelling.to_lowercase()).is_some());
    }
    for spelling in ["", "jp", "jpgx", " jpg", "ＪＰＧ", "gif"] {
        assert_eq!(FileType::from_spelling(spelling), None);
    }
}

#[test]
fn every_name_in_use_for_csv_agrees_with_it() {
    for name in [
        "text/csv",
        "text/x-csv",
        "text/comma-separated-values",
        "application/csv",
        "application/x-csv",
        "application/vnd.ms-excel",
        "Application/CSV; header=present",
    ] {
        assert!(FileType::Csv.agrees_with(name), "{name}");
        assert!(!FileType::Jpg.agrees_with(name), "{name}");
    }
}

#[test]
fn an_application_name_of_csv_is_read_as_csv() {
    for name in ["application/csv", "application/x-csv", "text/x-csv"] {
        assert_eq!(FileType::from_media_type(name), Some(FileType::Csv));
    }
    assert_eq!(FileType::from_media_type("application/json"), None);
}
