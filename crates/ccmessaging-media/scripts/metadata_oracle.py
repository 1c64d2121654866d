"""Judges the removal of metadata by other programs: ExifTool, ImageMagick and FFmpeg.

    python3 crates/ccmessaging-media/scripts/metadata_oracle.py [FOLDER ...]

Takes the JPG, PNG and MP4 files of the folders (by extension, or by the name of the folder that they
are in), the project's samples, and files that ExifTool, ImageMagick and FFmpeg make here with every
kind of metadata. Each goes through the example `remove_metadata` at both levels. Then

- ExifTool finds no place (`location`), and no place, serial number, date or text (`all`);
- ExifTool finds the same orientation and ICC profile as before;
- ImageMagick decodes the same pixels, FFmpeg the same frames and samples;
- a JPG or PNG is not longer, an MP4 as long as before.

`--program COMMAND` judges another program, called as `COMMAND LEVEL FROM TO`. Exits 1 where an
expectation is missed. Needs Debian's libimage-exiftool-perl, imagemagick and ffmpeg; says so and exits 0
where one is missing.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
LEVELS = ("location", "all")
TYPES = {".jpg": "jpg", ".jpeg": "jpg", ".png": "png", ".mp4": "mp4"}

PLACE = re.compile(
    r"GPS|^(Lat|Long)$|Latitude|Longitude|Altitude|Location|Locality|City|Country|Province|^State|Landmark|Coordinates"
    r"|WorldRegion|CellTower|CellGlobal|MobileCountry|MobileNetwork",
    re.I,
)
# Texts that are a location under any name.
PLACE_TEXT = re.compile(r"MAPLatitude|GPS[(:]")
PERSONAL = re.compile(
    r"Serial|OwnerName|Artist|Comment|Software|CreateDate|DateTime|CreationTime|ModifyDate|Make$|Model$"
    r"|Author|Title|Keywords|HandlerDescription|^(Image)?Description|Caption|CameraID|UniqueID|DocumentID|InstanceID|Thumbnail(Image|Data)",
    re.I,
)
# Groups outside the file: ExifTool's, the file system's; and the parts of an ICC profile.
IGNORED_GROUPS = re.compile(r"^(SourceFile|ExifTool|System|ICC|File:System)")
# Names of the coded picture's description and of Photoshop's light source, and dates that are zero.
IGNORED_NAMES = {"CompressorName", "ComponentVendor", "GraphicsMode", "GlobalAltitude"}
ZERO_DATE = "0000:00:00 00:00:00"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folders", nargs="*", type=pathlib.Path)
    arguments.add_argument("--program", help="another program to judge")
    options = arguments.parse_args()
    missing = [name for name in ("exiftool", "identify", "ffmpeg") if not shutil.which(name)]
    if missing:
        print(f"SKIPPED: {', '.join(missing)} not installed")
        return 0
    program = shlex.split(options.program) if options.program else build_example()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        before = work / "before"
        before.mkdir()
        make_files(before)
        for source in [ROOT / "tests/samples", *options.folders]:
            take_files(source, before)
        return judge(program, before, work)


def build_example() -> list[str]:
    command = ["cargo", "build", "--quiet", "--package", "ccmessaging-media"]
    subprocess.run([*command, "--example", "remove_metadata"], cwd=ROOT, check=True)
    return [str(ROOT / "target/debug/examples/remove_metadata")]


def take_files(source: pathlib.Path, target: pathlib.Path) -> None:
    if not source.is_dir():
        sys.exit(f"{source} is no folder")
    for path in sorted(source.rglob("*")):
        kind = TYPES.get(path.suffix.lower()) or TYPES.get(f".{path.parent.name}")
        if path.is_file() and kind and "refused" not in path.parts:
            shutil.copyfile(path, target / f"{source.name}-{path.stem}.{kind}")


def judge(program: list[str], before: pathlib.Path, work: pathlib.Path) -> int:
    files = sorted(before.iterdir())
    tags_before = read_tags(before)
    counts = collections.Counter(path.suffix[1:] for path in files)
    print("files: " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    failures = []
    for level in LEVELS:
        after = work / level
        after.mkdir()
        tally = collections.Counter()
        for path in files:
            run = subprocess.run(
                [*program, level, path, after / path.name], capture_output=True, text=True
            )
            if run.returncode:
                kind = "refused"
                print(f"  {level}: {path.name}: {run.stderr.strip()[:200]}")
            elif (after / path.name).read_bytes() == path.read_bytes():
                kind = "unchanged"
            else:
                kind = "changed"
            tally[path.suffix[1:], kind] += 1
        tags_after = read_tags(after)
        for path in files:
            stripped = after / path.name
            if stripped.exists():
                tags = tags_before[path.name], tags_after[path.name]
                for problem in problems(path, stripped, level, tags):
                    failures.append(f"{level}: {path.name}: {problem}")
        rows = ", ".join(f"{count} {kind} {what}" for (kind, what), count in sorted(tally.items()))
        found = sum(bool(places(tags_before[path.name])) for path in files)
        print(f"{level}: {rows}; {found} with a location before")
    print("\n".join(failures) if failures else "all expectations are met")
    return 1 if failures else 0


def problems(path, stripped, level, tags):
    old, new = tags
    length, new_length = path.stat().st_size, stripped.stat().st_size
    if new_length > length or (path.suffix == ".mp4" and new_length != length):
        yield f"{length} bytes became {new_length}"
    for name in places(new):
        yield f"has a location: {name} = {new[name]!r:.60}"
    if level == "all":
        for name in matches(new, PERSONAL):
            yield f"still there: {name} = {new[name]!r:.60}"
    for what in (orientation, icc_profile):
        if what(old) != what(new):
            yield f"{what.__name__}: {what(old)!r:.60} became {what(new)!r:.60}"
    if stripped.read_bytes() == path.read_bytes():
        return
    for name, hash_before, hash_after in zip(DECODERS, decoded(path), decoded(stripped)):
        # What cannot be decoded before has nothing that could change.
        if hash_before not in (None, hash_after):
            yield f"{name} gives something else"


def places(tags: dict) -> list[str]:
    texts = [name for name, value in tags.items() if PLACE_TEXT.search(str(value))]
    return matches(tags, PLACE) + texts


def matches(tags: dict, names: re.Pattern) -> list[str]:
    return [
        name
        for name, value in tags.items()
        if names.search(name.rpartition(":")[2])
        and not IGNORED_GROUPS.search(name)
        and name.rpartition(":")[2] not in IGNORED_NAMES
        and value not in (ZERO_DATE, "")
    ]


def orientation(tags: dict) -> int | None:
    values = (tags.get(f"{group}:Orientation") for group in ("IFD0", "XMP-tiff"))
    value = next((value for value in values if value is not None), None)
    return value if value in range(2, 9) else None


def icc_profile(tags: dict) -> list:
    return sorted((name, str(value)) for name, value in tags.items() if name.startswith("ICC"))


def read_tags(folder: pathlib.Path) -> dict[str, dict]:
    """All tags of each file as ExifTool finds them, embedded and unknown ones included."""
    command = ["exiftool", "-j", "-a", "-n", "-G1", "-s", "-ee3", "-U", "-api", "LargeFileSupport=1"]
    run = subprocess.run([*command, folder], capture_output=True)
    rows = json.loads(run.stdout or "[]")
    return {pathlib.Path(row["SourceFile"]).name: row for row in rows}


DECODERS = ("ImageMagick's decoder", "FFmpeg's decoder", "FFmpeg's demuxer")


def decoded(path: pathlib.Path) -> list[str | None]:
    """What a picture or a video looks and sounds like to each of them, as a hash."""
    ffmpeg = ["ffmpeg", "-v", "error", "-threads", "1", "-noautorotate", "-i", path]
    to_hash = ["-f", "framehash", "-"]
    if path.suffix == ".mp4":
        # V: no cover pictures, which are metadata.
        ffmpeg += ["-map", "0:V?", "-map", "0:a?"]
        return [None, output_hash([*ffmpeg, *to_hash]), output_hash([*ffmpeg, "-c", "copy", *to_hash])]
    identify = ["identify", "-quiet", "-format", "%# %m %w %h\n", path]
    return [output_hash(identify), output_hash([*ffmpeg, *to_hash]), None]


def output_hash(command: list[str | pathlib.Path]) -> str | None:
    """None where there are errors: what a decoder makes of them differs from run to run."""
    run = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
    return None if run.returncode or run.stderr else hashlib.sha256(run.stdout).hexdigest()


GPS = ["-GPSLatitude=47.3769", "-GPSLatitudeRef=N", "-GPSLongitude=8.5417", "-GPSLongitudeRef=E"]
EXIF = ["-EXIF:Make=Maker", "-EXIF:Model=Camera", "-EXIF:Artist=Ada", "-EXIF:SerialNumber=S1", "-Orientation#=6"]
EXIF += ["-EXIF:LensSerialNumber=S2", "-EXIF:DateTimeOriginal=2026:01:02 03:04:05", "-EXIF:UserComment=home"]
XMP = ["-XMP-dc:Creator=Ada", "-XMP-xmp:Rating=4", "-XMP-aux:SerialNumber=S3"]
XMP_PLACE = ["-XMP-exif:GPSLatitude=47.3769", "-XMP-photoshop:City=Bern", "-XMP-iptcCore:Location=Altstadt"]
XMP_PLACE += ["-XMP-iptcExt:LocationShownCity=Bern", "-XMP-photoshop:State=BE"]
IPTC = ["-IPTC:By-line=Ada", "-IPTC:Keywords=bear", "-IPTC:Caption-Abstract=A bear"]
IPTC_PLACE = ["-IPTC:City=Bern", "-IPTC:Sub-location=Altstadt", "-IPTC:Province-State=BE"]
IPTC_PLACE += ["-IPTC:Country-PrimaryLocationCode=CHE", "-IPTC:Country-PrimaryLocationName=Switzerland"]
IPTC_PLACE += ["-IPTC:ContentLocationName=Bern"]
# Properties under other prefixes than the usual, and those of less common schemas.
XMP_PACKETS = {
    "cell": 'xmlns:c="http://developer.sonyericsson.com/cell/1.0/" c:mcc="228" c:cellid="4711"',
    "drone": 'xmlns:d="http://www.dji.com/drone-dji/1.0/" d:AbsoluteAltitude="+519.26"',
    "state": 'xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:State="BE"',
    "geo": 'xmlns:g="http://www.w3.org/2003/01/geo/wgs84_pos#" g:lat="47.3769" g:long="8.5417"',
    "darwin": 'xmlns:d="http://rs.tdwg.org/dwc/terms/" d:locality="Bern"',
    "turned": 'xmlns:t="http://ns.adobe.com/tiff/1.0/" t:Orientation="6"',
}
XMP_PACKET = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" {properties}/></rdf:RDF></x:xmpmeta>"""
VIDEO_PLACE = ["-Keys:GPSCoordinates=47.3769,8.5417", "-ItemList:GPSCoordinates=47,8"]
VIDEO_PLACE += ["-UserData:GPSCoordinates=47.3,8.5", "-Keys:Artist=Ada", "-Keys:LocationName=Bern"]


def make_files(folder: pathlib.Path) -> None:
    """Files with every kind of metadata, in every place that is known for it."""
    samples = ROOT / "tests/samples"
    photo, small, rgb = (samples / name for name in ("photo.jpg", "progressive-cmyk.jpg", "rgb.png"))

    def tag(source: pathlib.Path, name: str, *tags: str) -> pathlib.Path:
        target = folder / name
        run("exiftool", "-q", "-m", "-o", target, *tags, source)
        return target

    def append(name: str, *parts: pathlib.Path) -> None:
        (folder / name).write_bytes(b"".join(part.read_bytes() for part in parts))

    for order in ("II", "MM"):
        tag(photo, f"exif-{order}.jpg", f"-ExifByteOrder={order}", *GPS, *EXIF)
    thumbnail = tag(small, "thumbnail.jpg", *GPS)
    tag(photo, "thumbnail-with-place.jpg", *EXIF, f"-ThumbnailImage<={thumbnail}")
    tag(photo, "xmp.jpg", *XMP)
    tag(photo, "xmp-place.jpg", *XMP, *XMP_PLACE)
    tag(photo, "xmp-extended.jpg", *XMP_PLACE, f"-XMP-dc:Description={'bear ' * 20_000}")
    tag(photo, "iptc.jpg", *IPTC)
    tag(photo, "iptc-place.jpg", *IPTC, *IPTC_PLACE)
    everything = [*GPS, *EXIF, *XMP, *XMP_PLACE, *IPTC, *IPTC_PLACE, "-Comment=home"]
    everything_jpg = tag(photo, "everything.jpg", *everything, "-JFIF:XResolution=300")
    tag(small, "everything-progressive.jpg", *everything)
    mapillary = '{"MAPLatitude":47.3769,"MAPLongitude":8.5417}'
    tag(photo, "mapillary-exif.jpg", *EXIF, f"-EXIF:ImageDescription={mapillary}")
    tag(photo, "mapillary-iptc.jpg", *IPTC, f"-IPTC:Caption-Abstract={mapillary}")
    for name, properties in XMP_PACKETS.items():
        packet = folder / "packet.xmp"
        packet.write_text(XMP_PACKET.format(properties=properties))
        for picture in (photo, rgb):
            tag(picture, f"xmp-{name}{picture.suffix}", f"-XMP<={packet}")
        packet.unlink()
    turned = tag(photo, "turned.jpg", *EXIF)
    exif = b"Exif\0\0" + subprocess.run(["exiftool", "-b", "-Exif", turned], capture_output=True).stdout
    text = zlib.compress(f"\nexif\n{len(exif):8}\n{exif.hex()}\n".encode())
    head, rest = rgb.read_bytes()[:33], rgb.read_bytes()[33:]
    for name, part in (
        ("identifier", chunk(b"eXIf", exif)),
        ("profile", chunk(b"zTXt", b"Raw profile type exif\0\0" + text)),
        ("profile-lower-case", chunk(b"zTXt", b"raw profile type exif\0\0" + text)),
    ):
        (folder / f"turned-{name}.png").write_bytes(head + part + rest)
    append("two-pictures.jpg", everything_jpg, everything_jpg)

    for sample in ("rgb", "interlaced-palette"):
        tag(samples / f"{sample}.png", f"everything-{sample}.png", *everything, "-PNG:Title=Bear")
        tag(samples / f"{sample}.png", f"text-{sample}.png", "-PNG:Software=Tool", "-PNG:CreationTime=now")
    # FFmpeg's reader of animations does not accept them where ExifTool would write them.
    head, rest = (samples / "animated.png").read_bytes().split(b"\0\0\0\x08acTL")
    extra = chunk(b"tEXt", b"GPSLatitude\x0047.3769") + chunk(b"tIME", bytes(7)) + chunk(b"caBX", b"Bern")
    (folder / "everything-animated.png").write_bytes(head + extra + b"\0\0\0\x08acTL" + rest)
    # ImageMagick's profiles and properties in text chunks.
    run("mogrify", "-path", folder, "-format", "png", "-resize", "32x32", everything_jpg)
    append("trailing.png", samples / "rgb.png", everything_jpg)

    picture = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1"]
    place = ["-metadata", "location=+47.3769+008.5417/", "-metadata", "title=Bear"]
    date = ["-metadata", "creation_time=2026-01-02T03:04:05Z"]
    for name, *options in (
        ("plain",),
        ("faststart", "-movflags", "+faststart"),
        ("keys", "-movflags", "+use_metadata_tags"),
        ("fragmented", "-movflags", "+frag_keyframe+empty_moov"),
        ("timecode", "-timecode", "00:00:00:00"),
    ):
        target = folder / f"video-{name}.mp4"
        run("ffmpeg", "-v", "error", *picture, *sound, *place, *date, *options, target)
        if name == "fragmented":  # which ExifTool reads, but does not write
            continue
        tag(target, f"video-{name}-tagged.mp4", *VIDEO_PLACE, *XMP, *XMP_PLACE)
        tag(target, f"video-{name}-xmp.mp4", *XMP)
    append("motion-photo.jpg", photo, folder / "video-plain.mp4")

    # A track with the location at each moment, first as text, then as GoPro writes it.
    subtitles = folder / "place.srt"
    subtitles.write_text("1\n00:00:00,000 --> 00:00:01,000\nGPS(47.3769,8.5417,400)\n")
    for name, *options in (("faststart", "-movflags", "+faststart"), ("plain",)):
        target = folder / f"track-text-{name}.mp4"
        texts = ["-i", subtitles, "-c:s", "mov_text"]
        run("ffmpeg", "-v", "error", *picture, *sound, *texts, *options, target)
        video = target.read_bytes().replace(b"sbtl", b"meta").replace(b"tx3g", b"gpmd")
        (folder / f"track-gpmd-{name}.mp4").write_bytes(video)
    subtitles.unlink()


def chunk(kind: bytes, data: bytes) -> bytes:
    crc = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def run(*command: str | pathlib.Path) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
