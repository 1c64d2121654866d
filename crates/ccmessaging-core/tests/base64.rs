//! Base64 as it really arrives: every tolerated form becomes canonical, everything else is refused
//! with its position.

use bytes::Bytes;
use ccmessaging_core::{Base64Problem, CanonicalBase64, Content as _};
use proptest::prelude::*;

fn canonical(text: &str) -> Result<String, (usize, Base64Problem)> {
    CanonicalBase64::from_text(text.to_owned())
        .map(|base64| String::from_utf8(base64.as_text().to_vec()).expect("Base64 is ASCII"))
        .map_err(|error| (error.position(), error.problem()))
}

#[test]
fn canonical_text_is_used_unchanged() {
    for text in ["", "AA==", "AAA=", "AAAA", "+/+/", "Zm9vYmFy"] {
        assert_eq!(canonical(text).as_deref(), Ok(text));
    }
}

#[test]
fn canonical_text_is_not_copied() {
    let text = Bytes::from_static(b"Zm9vYmFy");
    let base64 = CanonicalBase64::from_text(text.clone()).expect("canonical");
    assert_eq!(base64.as_text().as_ptr(), text.as_ptr());
}

#[test]
fn white_space_is_ignored_everywhere() {
    for text in [
        " Zm9v\r\nYmFy",
        "Zm9vYmFy\n",
        "Zm\t9\x0CvYmF\ty",
        "Zm9v\n    YmFy",
        "Zm9v  \r\nYmFy\r\n  ",
        "Zm9v YmFy",
        "\r\n\r\nZm9vYmFy",
    ] {
        assert_eq!(canonical(text).as_deref(), Ok("Zm9vYmFy"), "{text:?}");
    }
    assert_eq!(canonical("AA=\n=").as_deref(), Ok("AA=="));
}

#[test]
fn a_text_in_lines_is_joined_however_long_and_ended_they_are() {
    let file: Vec<u8> = (0..=u8::MAX).cycle().take(10_001).collect();
    let encoded = CanonicalBase64::encode(&file);
    for columns in [64, 76] {
        for end in ["\n", "\r\n"] {
            let lines: Vec<&[u8]> = encoded.as_text().chunks(columns).collect();
            let base64 = CanonicalBase64::from_text(lines.join(end.as_bytes()));
            let base64 = base64.expect("lines of Base64");
            assert_eq!(base64.as_text(), encoded.as_text(), "{columns} {end:?}");
        }
    }
}

#[test]
fn a_problem_behind_line_breaks_is_found_at_its_position() {
    let text = ["QUJD".repeat(19), "QUJD".repeat(19)].join("\r\n");
    for (at, byte) in [(3, b'*'), (80, b'*'), (100, b'='), (153, b'!')] {
        let mut text = text.clone().into_bytes();
        text[at] = byte;
        let error = CanonicalBase64::from_text(text).expect_err("refused");
        assert_eq!(error.position(), at);
    }
}

#[test]
fn the_url_safe_alphabet_is_translated_and_padding_added() {
    assert_eq!(canonical("-_-_").as_deref(), Ok("+/+/"));
    assert_eq!(canonical("-w").as_deref(), Ok("+w=="));
    assert_eq!(canonical("_-8").as_deref(), Ok("/+8="));
    assert_eq!(canonical("AA").as_deref(), Ok("AA=="));
    assert_eq!(canonical("AAA").as_deref(), Ok("AAA="));
}

#[test]
fn invalid_base64_is_rejected_at_its_position() {
    use Base64Problem::{
        BadPadding, ImpossibleLength, InvalidByte, MixedAlphabets, SeparatePieces, TrailingBits,
    };
    let cases = [
        ("AA*A", 2, InvalidByte(b'*')),
        ("AAAA\u{e9}", 4, InvalidByte(0xC3)),
        ("AA\u{0}A", 2, InvalidByte(0)),
        ("+AA-", 3, MixedAlphabets),
        ("_AA/", 3, MixedAlphabets),
        ("AA=A", 2, SeparatePieces),
        ("AA==AAAA", 2, SeparatePieces),
        ("AA=", 2, BadPadding),
        ("AAA==", 3, BadPadding),
        ("AAAA=", 4, BadPadding),
        ("AAAA====", 4, BadPadding),
        ("====", 0, BadPadding),
        ("A", 0, ImpossibleLength),
        ("AAAAA", 4, ImpossibleLength),
        ("A===", 0, ImpossibleLength),
        ("AB==", 1, TrailingBits),
        ("AAB=", 2, TrailingBits),
        ("AB", 1, TrailingBits),
        ("AAAA\nA \nB", 8, TrailingBits),
    ];
    for (text, position, problem) in cases {
        assert_eq!(canonical(text), Err((position, problem)), "{text:?}");
    }
}

#[test]
fn an_error_says_where_what_and_what_to_do() {
    let error = CanonicalBase64::from_text("AAAA*AAA").expect_err("refused");
    assert_eq!(
        error.to_string(),
        "not Base64 at byte 4: 0x2A is not a Base64 character; encode the file's bytes with RFC 4648 Base64"
    );
}

#[test]
fn reading_past_the_end_returns_nothing() {
    let base64 = CanonicalBase64::encode(b"abcde");
    let mut window = [0; 4];
    assert_eq!(base64.len(), 5);
    assert_eq!(base64.read_at(5, &mut window), 0);
    assert_eq!(base64.read_at(usize::MAX, &mut window), 0);
    assert_eq!(base64.read_at(3, &mut window), 2);
    assert_eq!(&window[..2], b"de");
}

#[test]
fn debug_output_does_not_show_the_file() {
    let shown = format!("{:?}", CanonicalBase64::encode(b"secret"));
    assert_eq!(shown, "CanonicalBase64 { decoded_bytes: 6, .. }");
}

#[test]
fn a_space_in_place_of_a_plus_is_refused_at_its_position() {
    for (text, position) in [
        ("Zm9v Zm9", 4),
        ("Zm v", 2),
        ("Z m\t9v Y m F y", 1),
        ("AAAA AA AAAA A A A==", 4),
        ("Zm9vZm\r\n9v\r\nZ m9", 13),
        ("    AAAA    AAAA", 8),
        (" Zm9", 0),
        ("\nZm9vYmF ", 8),
        ("Zm9v Ym", 4),
    ] {
        let expected = (position, Base64Problem::LostPlus);
        assert_eq!(canonical(text), Err(expected), "{text:?}");
    }
    // The URL-safe alphabet has no `+`, and a text with other characters is not Base64 at all.
    assert_eq!(canonical("-A _A").as_deref(), Ok("+A/A"));
    assert_eq!(
        canonical("Dear all, Zm9v"),
        Err((8, Base64Problem::InvalidByte(b',')))
    );
}

/// The bytes in any tolerated alphabet, with or without padding.
fn encoded(file: &[u8], url_safe: bool, pad: bool) -> String {
    let text = CanonicalBase64::encode(file).as_text().to_vec();
    let mut text = String::from_utf8(text).expect("ASCII");
    if url_safe {
        text = text.replace('+', "-").replace('/', "_");
    }
    if !pad {
        text = text.trim_end_matches('=').to_owned();
    }
    text
}

/// A text in lines that end anywhere, with white space around the line breaks.
fn folded(text: &str, breaks: &[(usize, String, String)]) -> String {
    let mut folded = text.to_owned();
    for (at, break_, indentation) in breaks {
        // Neither at an end nor beside white space: spaces there may have been pluses.
        let symbols: Vec<usize> = (1..folded.len())
            .filter(|&at| !folded[..at].ends_with(char::is_whitespace))
            .filter(|&at| !folded[at..].starts_with(char::is_whitespace))
            .collect();
        if symbols.is_empty() {
            break;
        }
        let at = symbols[at % symbols.len()];
        folded.insert_str(at, &format!("{break_}{indentation}"));
    }
    folded
}

proptest! {
    #[test]
    fn any_tolerated_form_gives_the_same_bytes_back(
        file in proptest::collection::vec(any::<u8>(), 0..400),
        url_safe: bool,
        pad: bool,
        breaks in proptest::collection::vec(
            // A space before a line break may have been a plus.
            (any::<usize>(), "([ \t]{0,2}\t)?(\n|\r\n|\r)", "[ \t\x0C]{0,9}"),
            0..6,
        ),
    ) {
        let text = folded(&encoded(&file, url_safe, pad), &breaks);
        let base64 = CanonicalBase64::from_text(text).expect("tolerated");
        let encoded = CanonicalBase64::encode(&file);
        prop_assert_eq!(base64.as_text(), encoded.as_text());
        let mut decoded = vec![0; file.len() + 1];
        prop_assert_eq!(base64.read_at(0, &mut decoded), file.len());
        prop_assert_eq!(&decoded[..file.len()], &file[..]);
    }

    #[test]
    fn lines_of_one_length_may_be_separated_by_spaces(
        file in proptest::collection::vec(any::<u8>(), 0..400),
        groups in 1_usize..20,
    ) {
        let encoded = CanonicalBase64::encode(&file);
        let lines: Vec<&[u8]> = encoded.as_text().chunks(4 * groups).collect();
        let base64 = CanonicalBase64::from_text(lines.join(&b' ')).expect("tolerated");
        prop_assert_eq!(base64.as_text(), encoded.as_text());
    }

    #[test]
    fn a_text_that_lost_a_plus_is_never_accepted(
        // The groups of a shorter text may look like lines of one length.
        file in proptest::collection::vec(prop_oneof![Just(0xFB_u8), any::<u8>()], 48..400),
        pad: bool,
    ) {
        let text = encoded(&file, false, pad);
        prop_assume!(text.contains('+'));
        prop_assert!(CanonicalBase64::from_text(text.replace('+', " ")).is_err());
        prop_assert!(CanonicalBase64::from_text(text.replacen('+', " ", 1)).is_err());
    }

    #[test]
    fn any_window_shows_the_bytes_of_the_file(
        file in proptest::collection::vec(any::<u8>(), 0..400),
        offset in 0_usize..420,
        length in 0_usize..420,
    ) {
        let base64 = CanonicalBase64::encode(&file);
        let mut window = vec![0; length];
        let count = base64.read_at(offset, &mut window);
        let expected = file.get(offset..).unwrap_or_default();
        let expected = &expected[..expected.len().min(length)];
        prop_assert_eq!(&window[..count], expected);
    }

    #[test]
    fn nothing_is_accepted_that_cannot_be_decoded(text in "[A-D+/_=\\- \n*]{0,24}") {
        use base64::Engine as _;
        if let Ok(base64) = CanonicalBase64::from_text(text.clone()) {
            let decoded = base64::engine::general_purpose::STANDARD.decode(base64.as_text());
            prop_assert_eq!(decoded.map(|file| file.len()), Ok(base64.len()));
            // Only white space, translated symbols and padding may differ.
            let kept = text.replace([' ', '\n', '='], "").replace('-', "+").replace('_', "/");
            let canonical = String::from_utf8_lossy(base64.as_text());
            prop_assert_eq!(canonical.trim_end_matches('='), kept);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(text in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = CanonicalBase64::from_text(text);
    }
}
