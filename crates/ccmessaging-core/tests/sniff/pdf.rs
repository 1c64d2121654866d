//! PDF that is text from end to end: ISO 32000-1 section 7.5.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::join;

#[test]
fn a_pdf_of_plain_ascii_is_rejected_wherever_readers_look_for_its_header() {
    let pdf = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n\
                startxref\n9\n%%EOF\n";
    let cut_short = &pdf[..40];
    let printed = b"@PJL ENTER LANGUAGE = PDF\r\n";
    for (name, bytes) in [
        ("behind a line feed", join(&[b"\n", pdf])),
        ("behind blanks, cut short", join(&[b" \r\n", cut_short])),
        ("behind a byte order mark", join(&[b"\xEF\xBB\xBF", pdf])),
        ("behind a printer's command", join(&[printed, pdf])),
        ("behind 1,000 bytes", join(&[&b"x".repeat(999), b"\n", pdf])),
        (
            "long",
            join(&[b"\n", &pdf[..9], &b"%\n".repeat(5_000), &pdf[9..]]),
        ),
    ] {
        let rejected = sniff::prove(FileType::Txt, bytes.as_slice()).expect_err(name);
        assert_eq!(
            rejected.to_string(),
            "declared txt, but the content is PDF (application/pdf)",
            "{name}"
        );
    }
    let lesson: &[u8] = b"A PDF file begins with\n%PDF-1.7\nand has objects such as 1 0 obj.\n";
    all_are(
        FileType::Txt,
        true,
        &[
            ("mentioned in a line", b"See %PDF-1.4 and %%EOF.\n".to_vec()),
            ("a lesson", lesson.to_vec()),
            (
                "a lesson that names the end",
                join(&[lesson, b"It ends with startxref\nand the marker %%EOF.\n"]),
            ),
            (
                "the header too far behind",
                join(&[&b"x".repeat(1_024), b"\n", pdf]),
            ),
        ],
    );
}
