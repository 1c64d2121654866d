//! Films that are compressed, cut off or broken.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{Kind, MetadataError, StripLevel};

use crate::build_film::{DATA, film, ftyp, moov, mp4_box, track};
use crate::build_picture::join;
use crate::mp4::{MEDIA, SOUND, VIDEO, becomes, sound, video};
use crate::{error, remove, stays};

#[test]
fn a_compressed_description_is_refused() {
    let film = film(MEDIA, &[], &mp4_box(b"cmov", b"compressed"));
    let error = error(Format::Mp4, &film);
    let position = DATA + MEDIA.len() + 8 + 108;
    assert_eq!(error, MetadataError::Compressed { position });
    assert_eq!(error.position(), position);
    assert_eq!(
        error.to_string(),
        format!(
            "the mp4 file's description at byte {position} is compressed, so that its metadata \
             cannot be removed; export the film anew and send that"
        )
    );
}

#[test]
fn a_description_that_cannot_be_walked_is_refused() {
    let in_moov = DATA + MEDIA.len() + 8;
    let in_trak = in_moov + 108 + 8;
    let damaged = |payload: &[u8]| film(MEDIA, &[&mp4_box(b"trak", payload)], &[]);
    for (name, film, position) in [
        ("nothing", Vec::new(), 0),
        ("no film", ftyp(), ftyp().len()),
        (
            "a box longer than its parent",
            damaged(b"\0\0\0\x7Ftkhd"),
            in_trak,
        ),
        (
            "a box shorter than its header",
            damaged(b"\0\0\0\x07tkhd"),
            in_trak,
        ),
        ("no handler", damaged(&mp4_box(b"mdia", &[])), in_trak - 8),
        (
            "a description that is cut off",
            film(MEDIA, &[&video()], &[])[..in_moov + 50].to_vec(),
            in_moov,
        ),
    ] {
        let error = error(Format::Mp4, &film);
        let format = Format::Mp4;
        assert_eq!(error, MetadataError::Damaged { format, position }, "{name}");
    }
}

#[test]
fn a_film_may_be_cut_off_within_its_data() {
    // The description in front of the data moves it by its length.
    let moved = moov(&[&video(), &sound()], &[]).len();
    let moved = |chunks: &[(usize, usize)]| {
        let chunks = chunks
            .iter()
            .map(|&(start, length)| (start + moved, length));
        chunks.collect::<Vec<_>>()
    };
    let video = track(1, b"vide", &moved(VIDEO));
    let description = moov(&[&video, &track(2, b"soun", &moved(SOUND))], &[]);
    let whole = join(&[&ftyp(), &description, &mp4_box(b"mdat", MEDIA)]);
    let data = whole.len() - MEDIA.len();
    stays(Format::Mp4, &whole);
    for end in [data - 5, data, data + 3] {
        stays(Format::Mp4, &whole[..end]);
    }
    // Without a description, too.
    stays(
        Format::Mp4,
        &join(&[&ftyp(), &mp4_box(b"mdat", MEDIA)])[..DATA + 3],
    );
}

#[test]
fn what_no_reader_comes_to_is_cleared() {
    for junk in [b"\0\0\0\x02GPS GPS".as_slice(), b"\0\0\0\x01GPS GPS "] {
        let film = film(MEDIA, &[&video(), &sound()], &[]);
        let expected = join(&[&film, &vec![0; junk.len()]]);
        becomes("junk", &join(&[&film, junk]), &expected, &[Kind::Unused]);
    }
    // Where it is not known what is used, it may be picture or sound.
    let film = join(&[
        &ftyp(),
        &mp4_box(b"moof", b"fragment"),
        b"\0\0\0\x02GPS GPS",
    ]);
    let format = Format::Mp4;
    let position = film.len() - 11;
    assert_eq!(
        error(format, &film),
        MetadataError::Damaged { format, position }
    );
    // Zeros behind the end are what some writers leave.
    stays(format, &join(&[&film[..position], &[0; 20]]));
}

#[test]
fn a_box_header_that_is_said_to_be_picture_or_sound_is_refused() {
    let format = Format::Mp4;
    for behind in [
        mp4_box(b"gps ", b"47.3769,8.5417"),
        b"\0\0\0\x02GPS GPS".to_vec(),
    ] {
        // Its description does not know yet where it ends.
        let position = film(MEDIA, &[&video()], &[]).len();
        let points_at = |offset: usize| {
            let chunks = [(0, 5), (position - DATA + offset, 2)];
            join(&[&film(MEDIA, &[&track(1, b"vide", &chunks)], &[]), &behind])
        };
        assert_eq!(
            error(format, &points_at(6)),
            MetadataError::Damaged { format, position }
        );
        let (stripped, _) = remove(format, &points_at(8), StripLevel::All);
        stays(format, &stripped);
    }
}
