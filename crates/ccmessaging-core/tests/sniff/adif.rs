//! ADIF: ISO/IEC 13818-7 section 6.1.

use ccmessaging_core::{FileType, sniff};

use crate::all_are;
use crate::build::{id3, join};

/// The fields of an ADIF header with one program, in the order of ISO/IEC 13818-7 section 6.1.
struct Adif {
    bit_rate: u32,
    fullness: u32,
    sampling: u32,
    /// Of the front elements: whether each is a pair of channels, and its tag.
    elements: &'static [(bool, u32)],
}

/// 128 kbit/s constant rate, LC at 44.1 kHz, one pair of channels.
const STEREO: Adif = Adif {
    bit_rate: 128_000,
    fullness: 12_288,
    sampling: 4,
    elements: &[(true, 0)],
};

impl Adif {
    fn file(&self) -> Vec<u8> {
        let count = u32::try_from(self.elements.len()).expect("a few elements");
        // Each field's value and width: first those up to the element counts, then the rest.
        let mut fields = vec![
            (0, 1),
            (0, 3),
            (self.bit_rate, 23),
            (0, 4),
            (self.fullness, 20),
        ];
        fields.extend([(0, 4), (1, 2), (self.sampling, 4), (count, 4)]);
        fields.extend([(0, 4), (0, 4), (0, 2), (0, 3), (0, 4), (0, 3)]);
        for &(is_pair, tag) in self.elements {
            fields.extend([(u32::from(is_pair), 1), (tag, 4)]);
        }
        let bits = fields
            .iter()
            .flat_map(|&(value, width)| (0..width).rev().map(move |bit| value >> bit & 1 == 1))
            .collect::<Vec<_>>();
        let header = bits.chunks(8).map(|byte| {
            let bit = |at: usize| u8::from(byte.get(at).copied().unwrap_or(false));
            (0..8).fold(0, |value, at| value << 1 | bit(at))
        });
        join(&[b"ADIF", &header.collect::<Vec<_>>(), &[0; 20]])
    }
}

#[test]
fn adif_needs_a_header_whose_fields_fit_together() {
    let surround = &[(false, 0), (true, 0), (true, 1)];
    all_are(
        FileType::Aac,
        true,
        &[
            ("stereo", STEREO.file()),
            ("behind a tag", join(&[&id3(40), &STEREO.file()])),
            (
                "five channels",
                Adif {
                    bit_rate: 1_300_000,
                    fullness: 5 * 6_144,
                    elements: surround,
                    ..STEREO
                }
                .file(),
            ),
        ],
    );
    all_are(
        FileType::Aac,
        false,
        &[
            ("magic only", b"ADIF".to_vec()),
            ("zeros", join(&[b"ADIF", &[0; 30]])),
            ("cut off in the header", STEREO.file()[..14].to_vec()),
            (
                "no channel",
                Adif {
                    elements: &[],
                    fullness: 0,
                    bit_rate: 0,
                    ..STEREO
                }
                .file(),
            ),
            (
                "reserved sampling frequency",
                Adif {
                    sampling: 13,
                    ..STEREO
                }
                .file(),
            ),
            (
                "a higher bit rate than two channels have",
                Adif {
                    bit_rate: 529_201,
                    ..STEREO
                }
                .file(),
            ),
            (
                "a fuller buffer than two channels have",
                Adif {
                    fullness: 12_289,
                    ..STEREO
                }
                .file(),
            ),
            (
                "an element twice",
                Adif {
                    elements: &[(true, 1), (true, 1)],
                    ..STEREO
                }
                .file(),
            ),
        ],
    );
}

#[test]
fn a_log_of_a_radio_amateur_is_text_and_no_adif() {
    let record = "<call:5>DL1AB<qso_date:8>20240131<time_on:4>1200<band:3>20m<eor>\n";
    for header in [
        "ADIF Export\n",
        "ADIF Export\r\n",
        "ADIF\n1\n<eoh>\n",
        "ADIF 3.1.4\n",
        "ADIF 3.1.4 export from a log\r\n<adif_ver:5>3.1.4<eoh>\r\n",
        "ADIF_VER:5>3.1.4\n",
        "ADIF@0000@@@@@@@@",
        "ADIFp is a format for the logs of radio amateurs\n",
    ] {
        for text in [header.to_owned(), format!("{header}{}", record.repeat(20))] {
            let text = text.as_bytes();
            assert_eq!(sniff::prove(FileType::Txt, text), Ok(()), "{header}");
            assert!(sniff::prove(FileType::Aac, text).is_err(), "{header}");
            assert_eq!(sniff::identify(text), Some(FileType::Txt), "{header}");
        }
    }
}
