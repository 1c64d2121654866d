//! Names formats by their first bytes: first by a small table of formats that `infer` lacks or names imprecisely,
//! then by `infer`.

use super::mismatch::Found;
use super::mp4::{Named, describe};
use super::mpeg_audio::tags::id3v2_length;

/// The number of bytes of the head that [`signature`] uses.
pub(super) const HEAD_BYTES: usize = 4096;

/// Names the format whose signature the head has. That is a guess from a few bytes: sufficient for a message, but
/// not for a decision.
pub(super) fn signature(head: &[u8]) -> Option<Found> {
    let known = base_media(head).or_else(|| table(head));
    if let Some((name, media_type)) = known {
        return Some(Found::named(name, media_type));
    }
    let Some(kind) = infer::get(head) else {
        // `infer` reads Matroska's document type, which an unusual header has further on.
        return head
            .starts_with(b"\x1A\x45\xDF\xA3")
            .then_some(Found::named("Matroska", "video/x-matroska"));
    };
    let media_type = kind.mime_type();
    let name = NAMES
        .iter()
        .find(|(known, _)| *known == media_type)
        .map(|&(_, name)| name);
    Some(match name {
        Some(name) => Found::named(name, media_type),
        None => Found::from_extension(kind.extension(), media_type),
    })
}

/// Returns whether the head agrees, as far as it goes, with a signature that random bytes, or lists of small
/// numbers, hardly ever have.
pub(super) fn is_certain(head: &[u8]) -> bool {
    const MIN_SIGNATURE: usize = 4;
    const KINDS: [&str; 4] = ["image/", "audio/", "video/", "application/pdf"];
    const RIFF: [&[u8]; 5] = [b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM"];

    let agrees_at = |offset: usize, magic: &[u8]| {
        let bytes = head.get(offset..).unwrap_or_default();
        magic.iter().zip(bytes).all(|(a, b)| a == b)
    };
    let agrees = |magic: &[u8]| agrees_at(0, magic);
    let is_long = |magic: &[u8]| magic.len() >= MIN_SIGNATURE && !magic.starts_with(b"\0\0");
    let is_media = |media_type: &str| KINDS.iter().any(|kind| media_type.starts_with(kind));
    let is_ftyp = agrees(b"\0\0\0") && agrees_at(4, b"ftyp");
    let is_riff = || RIFF.iter().any(|it| agrees(it)) && (head.len() < 12 || riff(head).is_some());
    let is_tag = || {
        agrees(b"ID3")
            && head
                .first_chunk()
                .is_none_or(|&tag| id3v2_length(tag).is_some())
    };
    is_ftyp
        || is_riff()
        || is_tag()
        || OF_INFER.iter().any(|magic| agrees(magic))
        || SIGNATURES.iter().any(|&(magic, (_, media_type))| {
            agrees(magic) && is_long(magic) && is_media(media_type)
        })
}

/// ISO base media files and `QuickTime`, by the type and brand of their first box.
fn base_media(head: &[u8]) -> Option<Named> {
    let kind = head.get(4..)?.first_chunk::<4>()?;
    let length = u32::from_be_bytes(*head.first_chunk()?);
    match kind {
        b"ftyp" => {
            let end = usize::try_from(length).ok()?.min(head.len());
            describe(head.get(8..end)?)
        }
        b"styp" | b"moof" | b"sidx" => Some(("MP4 segment", "video/iso.segment")),
        b"moov" | b"mdat" | b"wide" | b"pnot" | b"free" | b"skip" if length < 0x2000_0000 => {
            Some(("QuickTime MOV", "video/quicktime"))
        }
        b"uuid" | b"pdin" => Some(("an ISO media file", "application/mp4")),
        b"jP  " => Some(("JPEG 2000", "image/jp2")),
        b"JXL " => Some(("JPEG XL", "image/jxl")),
        _ => None,
    }
}

fn table(head: &[u8]) -> Option<Named> {
    SIGNATURES
        .iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map(|&(_, named)| named)
        .or_else(|| riff(head))
}

/// Names files in the Resource Interchange File Format by their form, at offset 8.
fn riff(head: &[u8]) -> Option<Named> {
    let form = head.get(8..)?.first_chunk::<4>()?;
    match (head.first_chunk::<4>()?, form) {
        (b"RIFF" | b"RIFX" | b"RF64" | b"BW64", b"WAVE") => Some(("WAV", "audio/wav")),
        (b"RIFF", b"WEBP") => Some(("WebP", "image/webp")),
        (b"RIFF", b"AVI ") => Some(("AVI", "video/x-msvideo")),
        (b"RIFF", b"RMP3") => Some(("MP3 in a RIFF container", "audio/x-riff")),
        (b"FORM", b"AIFF" | b"AIFC") => Some(("AIFF", "audio/aiff")),
        _ => None,
    }
}

/// Signatures of formats that `infer` names. The rest of PNG's consists of line breaks, which a program may change.
const OF_INFER: [&[u8]; 9] = [
    b"\x89PNG",
    b"OggS\0",
    b"fLaC",
    b"\x1A\x45\xDF\xA3",
    b"\x30\x26\xB2\x75",
    b"\xD0\xCF\x11\xE0",
    b"PK\x03\x04",
    b"Rar!\x1A",
    b"7z\xBC\xAF",
];

/// Signatures that `infer` lacks or names less exactly.
const SIGNATURES: [(&[u8], Named); 42] = [
    (b"%PDF-", ("PDF", "application/pdf")),
    (b"GIF8", ("GIF", "image/gif")),
    (b"II*\0", ("TIFF", "image/tiff")),
    (b"MM\0*", ("TIFF", "image/tiff")),
    (b"BA", ("OS/2 bitmap array", "image/bmp")),
    (b"\xFF\xD8\xFF\xF7", ("JPEG-LS", "image/jls")),
    (b"\x8AMNG\r\n", ("MNG", "video/x-mng")),
    (b"\x8BJNG\r\n", ("JNG", "image/x-jng")),
    (b"\xD7\xCD\xC6\x9A", ("WMF", "image/wmf")),
    (b"\xC5\xD0\xD3\xC6", ("EPS", "application/postscript")),
    (b"caff\0", ("CAF", "audio/x-caf")),
    (b"riff\x2E\x91\xCF\x11", ("Wave64", "audio/x-w64")),
    (b"MMMD", ("MMF", "application/vnd.smaf")),
    (b"EA3", ("OpenMG audio", "audio/x-oma")),
    (b"ea3", ("OpenMG audio", "audio/x-oma")),
    (b".snd\0", ("AU", "audio/basic")),
    (b"wvpk", ("WavPack", "audio/x-wavpack")),
    (b"MPCK", ("Musepack", "audio/x-musepack")),
    (b"MP+", ("Musepack", "audio/x-musepack")),
    (b"TTA1", ("True Audio", "audio/x-tta")),
    (b"#!SILK_V3", ("SILK", "audio/silk")),
    (b"\x02#!SILK_V3", ("SILK", "audio/silk")),
    (b"#!AMR", ("AMR", "audio/amr")),
    (b"\x0B\x77", ("AC-3", "audio/ac3")),
    (b"\x7F\xFE\x80\x01", ("DTS", "audio/vnd.dts")),
    (b".RMF", ("RealMedia", "application/vnd.rn-realmedia")),
    (b"FLV\x01", ("FLV", "video/x-flv")),
    (b"DKIF\0\0", ("IVF", "video/x-ivf")),
    (b"NSVf", ("NSV", "video/x-nsv")),
    (b"NSVs", ("NSV", "video/x-nsv")),
    (b"\x84\x10\xFF\xFF\xFF\xFF", ("RoQ", "video/x-roq")),
    (b"\0\0\0\x01\x67", ("raw H.264", "video/h264")),
    (b"\0\0\0\x01\x09", ("raw H.264", "video/h264")),
    (b"\0\0\x01\xBA", ("MPEG program stream", "video/mpeg")),
    (b"\0\0\x01\xB3", ("MPEG video", "video/mpeg")),
    (b"\0\0\x01\xC0", ("packetised MPEG audio", "video/mpeg")),
    (b"MThd\0\0", ("MIDI", "audio/midi")),
    (b"bplist00", ("property list", "application/x-bplist")),
    (b"ITSF", ("CHM", "application/vnd.ms-htmlhelp")),
    (
        b"L\0\0\0\x01\x14\x02\0",
        ("Windows shortcut", "application/x-ms-shortcut"),
    ),
    (b"\x01CD001", ("ISO 9660", "application/x-iso9660-image")),
    (b"\0asm", ("WebAssembly", "application/wasm")),
];

/// Usual names where the file extension in capitals would mislead.
const NAMES: [(&str, &str); 16] = [
    ("image/jpeg", "JPG"),
    ("image/heif", "HEIC"),
    ("image/tiff", "TIFF"),
    ("image/jxl", "JPEG XL"),
    ("image/vnd.microsoft.icon", "icon"),
    ("image/vnd.adobe.photoshop", "Photoshop document"),
    ("audio/ogg", "Ogg"),
    ("audio/opus", "Opus"),
    ("video/x-matroska", "Matroska"),
    ("video/webm", "WebM"),
    ("video/x-ms-wmv", "WMV or WMA"),
    (
        "application/vnd.microsoft.portable-executable",
        "Windows program",
    ),
    ("application/x-executable", "executable program"),
    ("application/x-mach-binary", "macOS program"),
    ("application/java", "Java class"),
    ("application/vnd.sqlite3", "SQLite database"),
];
