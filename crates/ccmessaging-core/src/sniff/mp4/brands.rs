//! The brands of ISO base media files: what the `ftyp` box says that a file is.
//!
//! Sources: ISO/IEC 14496-12 annex E, 14496-14 (MP4), 23008-12 (HEIF), 23000-22 (MIAF), 23000-19
//! (CMAF), 23009-1 (DASH), 15444 (JPEG 2000), 21122-3 (JPEG XS), 3GPP TS 26.244, Apple's `QuickTime`
//! File Format, and the registry of brands at mp4ra.org.

/// A brand or box type: four bytes that are usually letters.
pub(in crate::sniff) type FourCc = [u8; 4];

/// A format's usual name and its media type.
pub(in crate::sniff) type Named = (&'static str, &'static str);

/// Names the format of a file whose major brand says that it is not MP4 video.
///
/// The major brand is the specification that the file was made for, so it outweighs a compatible
/// brand: every HEIC photo and every `QuickTime` movie may list `mp41` or `isom` there.
pub(super) fn other_format(major: FourCc) -> Option<Named> {
    Some(match &major {
        b"qt  " => ("QuickTime MOV", "video/quicktime"),
        b"heic" | b"heix" | b"heim" | b"heis" => ("HEIC", "image/heic"),
        b"hevc" | b"hevx" | b"hevm" | b"hevs" => ("HEIC sequence", "image/heic-sequence"),
        b"mif1"
        | b"mif2"
        | b"miaf"
        | [b'M', b'i', _, _]
        | b"1pic"
        | b"pred"
        | b"unif"
        | b"avci"
        | b"evbi"
        | b"evmi"
        | b"vvic"
        | b"jpeg"
        | b"j2ki"
        | b"jxsi"
        | b"heoi"
        | b"jpoi"
        | b"vvoi" => ("HEIF", "image/heif"),
        b"msf1" | b"avcs" | b"evbs" | b"evms" | b"vvis" | b"jpgs" | b"j2is" | b"j2ks" | b"jxss" => {
            ("HEIF sequence", "image/heif-sequence")
        }
        b"avif" | b"avio" | b"MA1A" | b"MA1B" => ("AVIF", "image/avif"),
        b"avis" => ("AVIF sequence", "image/avif-sequence"),
        b"jp2 " | b"J2P0" | b"J2P1" => ("JPEG 2000", "image/jp2"),
        b"jpx " => ("JPEG 2000", "image/jpx"),
        b"jpm " => ("JPEG 2000", "image/jpm"),
        b"jph " => ("JPEG 2000", "image/jph"),
        b"mjp2" | b"mj2s" => ("Motion JPEG 2000", "video/mj2"),
        b"jpxb" => ("JPEG XR", "image/jxr"),
        b"jxl " => ("JPEG XL", "image/jxl"),
        b"jxs " | b"jxsc" => ("JPEG XS", "image/jxs"),
        b"crx " => ("Canon CR3", "image/x-canon-cr3"),
        b"M4A " | b"F4A " => ("M4A", "audio/mp4"),
        b"M4B " | b"F4B " => ("M4B audiobook", "audio/mp4"),
        b"M4P " => ("protected M4P", "audio/mp4"),
        b"aax " | b"aaxc" => ("Audible audiobook", "audio/vnd.audible.aax"),
        b"odcf" => ("OMA DRM", "application/vnd.oma.drm.content"),
        b"kddi" | [b'3', b'g', b'2', _] => ("3GPP2", "video/3gpp2"),
        [b'3', b'g', ..] => ("3GP", "video/3gpp"),
        _ => return None,
    })
}

/// Names the format that an `ftyp` box's payload announces.
///
/// `mif1` is the structure that HEIC and AVIF share, so there a compatible brand says more.
pub(in crate::sniff) fn describe(payload: &[u8]) -> Option<Named> {
    let (&major, rest) = payload.split_first_chunk::<4>()?;
    let (compatible, _) = rest.get(4..).unwrap_or_default().as_chunks::<4>();
    let named = other_format(major).or_else(|| is_mp4(major).then_some(("MP4", "video/mp4")));
    if matches!(&major, b"mif1" | b"miaf" | b"msf1") {
        let coded = compatible
            .iter()
            .filter_map(|&brand| other_format(brand))
            .find(|(name, _)| name.starts_with("HEIC") || name.starts_with("AVIF"));
        return coded.or(named);
    }
    named.or(Some((
        "an ISO media file of an unknown brand",
        "application/mp4",
    )))
}

/// Returns whether MP4 players can play files of a brand.
pub(super) fn is_mp4(brand: FourCc) -> bool {
    matches!(
        &brand,
        [b'i', b's', b'o', _]
            | [b'm', b'p', b'4', _]
            | [b'c', b'm', b'f', _]
            | b"avc1"
            | b"hvc1"
            | b"hev1"
            | b"av01"
            | b"dash"
            | b"msdh"
            | b"msix"
            | b"M4V "
            | b"M4VH"
            | b"M4VP"
            | b"MSNV"
            | b"mmp4"
            | b"f4v "
            | b"F4V "
            | b"piff"
            | b"isml"
            | b"XAVC"
            | b"CAEP"
            | b"caqv"
            | b"niko"
            | b"pana"
    )
}
