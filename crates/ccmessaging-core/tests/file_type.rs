//! By which spellings and media types a file type is known.

use std::str::FromStr as _;

use ccmessaging_core::FileType;

#[test]
fn every_documented_spelling_is_known_in_any_case() {
    for spelling in [
        "JPG", "JPEG", "PNG", "BPM", "BMP", "MP3", "AAC", "MP4", "TXT", "CSV",
    ] {
        assert!(spelling.parse::<FileType>().is_ok());
        assert!(FileType::from_str(&spelling.to_lowercase()).is_ok());
    }
    for spelling in ["", "jp", "jpgx", " jpg", "ＪＰＧ", "gif"] {
        let sentence = spelling
            .parse::<FileType>()
            .expect_err("unknown")
            .to_string();
        let known = "use one of jpg, jpeg, png, bmp, bpm, mp3, aac, mp4, txt, csv";
        assert!(sentence.ends_with(known), "{sentence}");
    }
}

#[test]
fn every_name_leads_to_the_one_type_that_has_it() {
    for &file_type in FileType::ALL {
        for spelling in file_type.spellings() {
            assert_eq!(spelling.parse(), Ok(file_type));
        }
        for media_type in file_type.media_types() {
            assert_eq!(FileType::from_media_type(media_type), Some(file_type));
            assert!(file_type.agrees_with(media_type), "{media_type}");
        }
        assert_eq!(file_type.name(), file_type.spellings()[0]);
        assert_eq!(file_type.media_type(), file_type.media_types()[0]);
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
