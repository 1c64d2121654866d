//! The uploaded files: samples of every type, made unique where the type allows it.

use gateway_tests::{Sample, samples};

/// A text file longer than any sample, so that its body is sent in many segments.
const LONG_TEXT_BYTES: usize = 512 * 1024;

/// The samples, read once.
pub(crate) struct Files {
    accepted: Vec<File>,
    refused: Vec<File>,
}

/// A file and its declared type.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) declared: String,
    pub(crate) content: Vec<u8>,
}

impl Files {
    pub(crate) fn read() -> Self {
        let (accepted, refused): (Vec<_>, Vec<_>) =
            samples().into_iter().partition(Sample::is_accepted);
        let file = |sample: Sample| File {
            content: sample.bytes(),
            declared: sample.declared,
        };
        let mut accepted: Vec<File> = accepted.into_iter().map(file).collect();
        accepted.push(File {
            declared: "txt".to_owned(),
            content: "A line of a long text.\n"
                .repeat(LONG_TEXT_BYTES / 23)
                .into_bytes(),
        });
        Self {
            accepted,
            refused: refused.into_iter().map(file).collect(),
        }
    }

    /// Returns a valid file that contains `mark`, if its type allows it.
    pub(crate) fn accepted(&self, random: &mut fastrand::Rng, mark: &str) -> File {
        let mut file = self.accepted[random.usize(..self.accepted.len())].clone();
        file.mark(mark.as_bytes());
        file
    }

    /// Returns a file whose content does not match its declared type.
    pub(crate) fn refused(&self, random: &mut fastrand::Rng) -> File {
        self.refused[random.usize(..self.refused.len())].clone()
    }
}

impl File {
    fn mark(&mut self, mark: &[u8]) {
        let length = mark.len();
        match self.declared.as_str() {
            // A comment segment after the start of the image (ITU-T T.81 section B.2.4.5).
            "jpg" => {
                let length = u16::try_from(length + 2).expect("a short mark");
                let segment = [b"\xff\xfe", &length.to_be_bytes()[..], mark].concat();
                self.content.splice(2..2, segment);
            }
            // Free space at the end (ISO/IEC 14496-12 section 8.1.2).
            "mp4" => {
                let length = u32::try_from(length + 8).expect("a short mark");
                self.content.extend(length.to_be_bytes());
                self.content.extend_from_slice(b"free");
                self.content.extend_from_slice(mark);
            }
            // All encodings of the samples except UTF-16 are supersets of ASCII. A line feed byte ends
            // neither a sample in UTF-16 nor one that is cut within a character.
            "txt" | "csv" if self.content.ends_with(b"\n") => self.content.extend_from_slice(mark),
            _ => {}
        }
    }
}
