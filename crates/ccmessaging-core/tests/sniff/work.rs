//! How much of a file is read: what a hostile file may cost.

use std::cell::Cell;

use ccmessaging_core::{Content, FileType, sniff};

use crate::build::{adts, app0, ftyp, id3, jfif, join, mp3, mp4_box};

/// A file that repeats `pattern` after its `head`, and counts what is read of it.
struct Counted {
    head: Vec<u8>,
    pattern: Vec<u8>,
    length: usize,
    reads: Cell<usize>,
    bytes: Cell<usize>,
}

const LARGE: usize = 100_000_000;

impl Counted {
    fn new(head: Vec<u8>, pattern: &[u8]) -> Self {
        Self {
            head,
            pattern: pattern.to_vec(),
            length: LARGE,
            reads: Cell::new(0),
            bytes: Cell::new(0),
        }
    }
}

impl Content for Counted {
    fn len(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, window: &mut [u8]) -> usize {
        let count = window.len().min(self.length.saturating_sub(offset));
        for (at, byte) in (offset..).zip(&mut window[..count]) {
            *byte = match self.head.get(at) {
                Some(&byte) => byte,
                None => self.pattern[(at - self.head.len()) % self.pattern.len()],
            };
        }
        self.reads.set(self.reads.get() + 1);
        self.bytes.set(self.bytes.get() + count);
        count
    }
}

/// Checks the verdict, and that it costs no more than these reads and bytes.
fn decide(declared: FileType, file: &Counted, is_accepted: bool, reads: usize, bytes: usize) {
    let verdict = sniff::prove(declared, file);
    assert_eq!(verdict.is_ok(), is_accepted, "{declared}: {verdict:?}");
    assert!(
        file.reads.get() <= reads,
        "{declared}: {} reads",
        file.reads.get()
    );
    assert!(
        file.bytes.get() <= bytes,
        "{declared}: {} bytes",
        file.bytes.get()
    );
}

#[test]
fn a_large_real_file_is_decided_by_a_few_kilobytes() {
    let movie = join(&[&ftyp(b"isom", &[b"mp41"]), b"\x05\xF0\0\0mdat"]);
    decide(
        FileType::Mp4,
        &Counted::new(movie, b"movie"),
        true,
        8,
        1_024,
    );
    let tagged = join(&[&id3(2_000_000), &mp3(1)]);
    decide(
        FileType::Mp3,
        &Counted::new(tagged, &mp3(1)),
        true,
        16,
        16_384,
    );
    decide(
        FileType::Aac,
        &Counted::new(adts(1), &adts(1)),
        true,
        16,
        16_384,
    );
}

#[test]
fn a_hostile_file_cannot_make_a_decision_on_audio_slow() {
    // Sync words everywhere, whose chains break late; tags without end; free format's search.
    let patterns: [&[u8]; 5] = [
        b"\xFF\xFB\x90\x00",
        b"\xFF",
        b"\xFF\xFB\x00\x00",
        b"ID3\x03\0\0\0\0\0\0",
        b"\xFF\xF1\x50\x80\x01\x1F\xFC",
    ];
    for pattern in patterns {
        for lead in [Vec::new(), id3(100), vec![0; 64]] {
            let file = Counted::new(lead, pattern);
            // Only the cost counts here, not the verdict. Bytes FF are also legacy text, which is read in another
            // 8,139 chunks.
            let _ = sniff::identify(&file);
            assert!(
                file.reads.get() < 25_000,
                "{pattern:?}: {} reads",
                file.reads.get()
            );
            let text = Counted::new(Vec::new(), pattern);
            let _ = sniff::prove(FileType::Mp3, &text);
            assert!(text.bytes.get() < LARGE + LARGE / 20, "{pattern:?}");
        }
    }
}

#[test]
fn a_file_of_countless_segments_is_given_up_soon() {
    let photo = Counted::new(jfif(), b"\0");
    decide(FileType::Jpg, &photo, true, 16, 512);

    let comments = b"\xFF\xFE\0\x02".to_vec();
    let filled_comments = join(&[&[0xFF; 4_000], &comments, &[0; 60]]);
    let padding = join(&[&b"\xFF".repeat(100_000), b"\0"]);
    for pattern in [comments, filled_comments, padding] {
        for head in [b"\xFF\xD8".to_vec(), join(&[b"\xFF\xD8", &app0()])] {
            let file = Counted::new(head, &pattern);
            // A rejected file is examined once more to be named, and read as text until a NUL.
            let _ = sniff::prove(FileType::Jpg, &file);
            assert!(file.reads.get() < 25_000, "{} reads", file.reads.get());
            assert!(file.bytes.get() < 1_000_000, "{} bytes", file.bytes.get());
        }
    }
}

#[test]
fn a_file_of_countless_boxes_is_given_up_soon() {
    let head = ftyp(b"isom", &[b"mp41"]);
    for kind in [b"free", b"uuid", b"sidx", b"moov"] {
        let file = Counted::new(head.clone(), &mp4_box(kind, b""));
        let is_film = kind == b"moov";
        let _ = sniff::prove(FileType::Mp4, &file);
        // A rejected file is also read as text until its first NUL, and compared with signatures.
        assert!(file.bytes.get() < 200_000, "{} bytes", file.bytes.get());
        assert!(file.reads.get() < 300, "{} reads", file.reads.get());
        assert_eq!(sniff::prove(FileType::Mp4, &file).is_ok(), is_film);
    }
    let nested = Counted::new(mp4_box(b"moov", b""), &mp4_box(b"trak", b""));
    assert!(sniff::prove(FileType::Mp4, &nested).is_err());
    assert!(nested.reads.get() < 300, "{} reads", nested.reads.get());
}

#[test]
fn zeros_without_end_are_followed_a_little_way_only() {
    let file = Counted::new(id3(100), b"\0");
    decide(FileType::Mp3, &file, false, 200, 400_000);
}

#[test]
fn text_is_read_once() {
    let file = Counted::new(Vec::new(), "1,Köln\n".as_bytes());
    decide(FileType::Csv, &file, true, LARGE / 8_192, LARGE + 16_384);
    let binary = Counted::new(vec![0], b"a");
    decide(FileType::Txt, &binary, false, 60, 200_000);
}
