//! Videos that are compressed, cut off or broken.

use ccmessaging_media::Format;
use ccmessaging_media::metadata::{MetadataError, MetadataKind, StripLevel};

use crate::build_mp4::{DATA, ftyp, moov, mp4, mp4_box, track};
use crate::build_picture::join;
use crate::mp4::{MEDIA, SOUND, VIDEO, assert_becomes, sound, video};
use crate::{assert_kept, error, remove};

#[test]
fn a_compressed_description_is_refused() {
    let file = mp4(MEDIA, &[], &mp4_box(b"cmov", b"compressed"));
    let error = error(Format::Mp4, &file);
    let position = DATA + MEDIA.len() + 8 + 108;
    assert_eq!(error, MetadataError::Compressed { position });
    assert_eq!(error.position(), position);
    assert_eq!(
        error.to_string(),
        format!(
            "the mp4 file's movie box (moov) at byte {position} is compressed, so its metadata \
             cannot be removed; export the video again and send the new file"
        )
    );
}

#[test]
fn a_description_that_cannot_be_walked_is_refused() {
    let in_moov = DATA + MEDIA.len() + 8;
    let in_trak = in_moov + 108 + 8;
    let damaged = |payload: &[u8]| mp4(MEDIA, &[&mp4_box(b"trak", payload)], &[]);
    for (name, file, position) in [
        ("nothing", Vec::new(), 0),
        ("no video", ftyp(), ftyp().len()),
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
    ] {
        let error = error(Format::Mp4, &file);
        let format = Format::Mp4;
        assert_eq!(error, MetadataError::Damaged { format, position }, "{name}");
    }
}

#[test]
fn a_video_may_be_cut_off_within_its_data() {
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
    assert_kept(Format::Mp4, &whole);
    for end in [data - 5, data, data + 3] {
        assert_kept(Format::Mp4, &whole[..end]);
    }
}

#[test]
fn a_video_cut_off_before_the_end_of_its_description_is_refused() {
    let whole = mp4(MEDIA, &[&video(), &sound()], &[]);
    let description = DATA + MEDIA.len();
    for (end, position) in [
        (whole.len() - 1, description),
        (description + 50, description),
        (description + 8, description),
        (description, description),
        (DATA + 3, DATA + 3),
    ] {
        let error = error(Format::Mp4, &whole[..end]);
        assert_eq!(error, MetadataError::Truncated { position }, "{end}");
        assert_eq!(error.position(), position);
        assert_eq!(
            error.to_string(),
            format!(
                "the mp4 file was cut off: the movie box (moov) expected at byte {position} is \
                 incomplete or missing, so its metadata cannot be removed; send the whole video"
            )
        );
    }
}

#[test]
fn what_follows_an_invalid_header_is_cleared() {
    for junk in [b"\0\0\0\x02GPS GPS".as_slice(), b"\0\0\0\x01GPS GPS "] {
        let file = mp4(MEDIA, &[&video(), &sound()], &[]);
        let expected = join(&[&file, &vec![0; junk.len()]]);
        assert_becomes(
            "junk",
            &join(&[&file, junk]),
            &expected,
            &[MetadataKind::Unused],
        );
    }
    // Where it is not known what is used, it may be picture or sound.
    let file = join(&[
        &ftyp(),
        &mp4_box(b"moof", b"fragment"),
        b"\0\0\0\x02GPS GPS",
    ]);
    let format = Format::Mp4;
    let position = file.len() - 11;
    assert_eq!(
        error(format, &file),
        MetadataError::Damaged { format, position }
    );
    // Zeros after the end are what some writers leave.
    assert_kept(format, &join(&[&file[..position], &[0; 20]]));
}

#[test]
fn a_box_header_that_is_said_to_be_picture_or_sound_is_refused() {
    let format = Format::Mp4;
    for behind in [
        mp4_box(b"gps ", b"47.3769,8.5417"),
        b"\0\0\0\x02GPS GPS".to_vec(),
    ] {
        // Its description does not know yet where it ends.
        let position = mp4(MEDIA, &[&video()], &[]).len();
        let points_at = |offset: usize| {
            let chunks = [(0, 5), (position - DATA + offset, 2)];
            join(&[&mp4(MEDIA, &[&track(1, b"vide", &chunks)], &[]), &behind])
        };
        assert_eq!(
            error(format, &points_at(6)),
            MetadataError::Damaged { format, position }
        );
        let (stripped, _) = remove(format, &points_at(8), StripLevel::All);
        assert_kept(format, &stripped);
    }
}
