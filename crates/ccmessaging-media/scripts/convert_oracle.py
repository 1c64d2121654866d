"""Checks conversions with FFmpeg, ExifTool and MP4Box.js.

    python3 crates/ccmessaging-media/scripts/convert_oracle.py [FOLDER ...]

Converts the MOV and M4A files of the folders, and files that FFmpeg makes here, with the example `convert`.
Then

- FFmpeg demuxes the same packets of the remaining tracks, with the same times;
- FFmpeg decodes every frame, and ffprobe reads the result, without a message that the source does not give;
- the duration is the same;
- a second conversion of a movie changes nothing;
- MP4Box.js parses a converted movie without a message and finds the same number of samples;
- ExifTool finds no place in a converted file, and finds those that were put into some sources.

Exits 1 if one of these fails. Needs Debian's ffmpeg and libimage-exiftool-perl, and Node with the npm package
mp4box in NODE_PATH; without one of the programs, says so and exits 0.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGETS = {".mov": ".mp4", ".m4a": ".aac"}
PLACE = "+47.3769+008.5417/"
WITH_PLACE = {"b-frames.mov", "faststart.mov", "keys.mov", "place.m4a"}
# The frame that a decoder needs before the first one, at 8,000 Hz.
AUDIO_TOLERANCE = 0.13


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folders", nargs="*", type=pathlib.Path)
    options = arguments.parse_args()
    for program in "ffmpeg", "exiftool", "node":
        if not shutil.which(program):
            print(f"SKIPPED: {program} not installed")
            return 0
    command = ["cargo", "build", "--quiet", "--package", "ccmessaging-media", "--example", "convert"]
    subprocess.run(command, cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        make_files(work)
        files = sorted(path for path in work.iterdir() if path.suffix in TARGETS)
        for source in options.folders:
            files += sorted(path for path in source.rglob("*") if path.suffix.lower() in TARGETS)
        failures = [problem for path in files for problem in check(path, work)]
    print("\n".join(failures) if failures else f"{len(files)} files: all checks passed")
    return 1 if failures else 0


def check(path: pathlib.Path, work: pathlib.Path):
    converted = work / f"converted{TARGETS[path.suffix.lower()]}"
    run = convert(path, converted)
    if path.stem.startswith("refused"):
        print(f"{path.name}: {run.stderr.strip()}")
        if run.returncode == 0:
            yield f"{path.name}: converted"
        return
    if run.returncode:
        yield f"{path.name}: {run.stderr.strip()}"
        return
    print(f"{path.name}: {path.stat().st_size} bytes became {converted.stat().st_size}")
    for messages in ffprobe, decode:
        for message in sorted(messages(converted) - messages(path)):
            yield f"{path.name}: {message}"
    # ExifTool does not read ADTS.
    if places(converted) or PLACE.encode() in converted.read_bytes():
        yield f"{path.name}: a place remains: {places(converted)}"
    if path.name in WITH_PLACE and not places(path):
        yield f"{path.name}: ExifTool does not find the place"
    if path.suffix.lower() == ".mov":
        yield from check_movie(path, converted, work)
    else:
        yield from check_audio(path, converted)


def check_movie(path: pathlib.Path, converted: pathlib.Path, work: pathlib.Path):
    # Of each kind, the tracks that the result has.
    maps = ["-map", "0:V:0", "-map", "0:a:0?"]
    for muxer in ("streamhash", "framecrc"):
        if packets(path, maps, muxer) != packets(converted, maps, muxer):
            yield f"{path.name}: other packets in {muxer}"
    if duration(path) != duration(converted):
        yield f"{path.name}: {duration(path)} s became {duration(converted)}"
    found, message = samples_of_mp4box(converted)
    # MP4Box.js also counts the samples outside the edit list.
    expected = output(
        "ffprobe", "-v", "error", "-ignore_editlist", "1", "-count_packets",
        "-show_entries", "stream=nb_read_packets", "-of", "default=noprint_wrappers=1:nokey=1", converted,
    )  # fmt: skip
    if message or found.split() != expected.split():
        yield f"{path.name}: MP4Box.js finds {found} of {expected.split()} samples: {message}"
    again = work / "again.mp4"
    convert(converted, again)
    if again.read_bytes() != converted.read_bytes():
        yield f"{path.name}: a second conversion changes it"


def check_audio(path: pathlib.Path, converted: pathlib.Path):
    whole = packets(path, ["-map", "0:a"], "streamhash")
    # Without the ADTS headers.
    if whole != packets(converted, ["-map", "0:a", "-bsf:a", "aac_adtstoasc"], "streamhash"):
        yield f"{path.name}: other packets"
    before, after = samples(path), samples(converted)
    if not 0 <= after - before <= AUDIO_TOLERANCE:
        yield f"{path.name}: {before} s became {after}"


def convert(source: pathlib.Path, target: pathlib.Path) -> subprocess.CompletedProcess:
    command = [ROOT / "target/debug/examples/convert", source, target]
    return subprocess.run(command, capture_output=True, text=True)


def packets(path: pathlib.Path, options: list[str], muxer: str) -> str:
    return output("ffmpeg", "-v", "error", "-i", path, *options, "-c", "copy", "-f", muxer, "-")


def ffprobe(path: pathlib.Path) -> set[str]:
    return messages_of("ffprobe", "-v", "warning", "-show_streams", path)


def decode(path: pathlib.Path) -> set[str]:
    return messages_of("ffmpeg", "-v", "warning", "-i", path, "-map", "0:V:0?", "-map", "0:a:0?", "-f", "null", "-")


def messages_of(*command: str | pathlib.Path) -> set[str]:
    messages = subprocess.run(command, capture_output=True, text=True).stderr.splitlines()
    # Without addresses in memory. ADTS has no duration.
    return {re.sub(" @ 0x[0-9a-f]+", "", line) for line in messages if "Estimating duration" not in line}


def places(path: pathlib.Path) -> str:
    # In every track, with duplicates.
    tags = ["-GPS*", "-*Location*", "-*Coordinates*"]
    command = ["exiftool", "-ee", "-a", "-G1", "-s", *tags, path]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def samples_of_mp4box(path: pathlib.Path) -> tuple[str, str]:
    script = pathlib.Path(__file__).with_name("mp4box.cjs")
    run = subprocess.run(["node", script, path], capture_output=True, text=True)
    # MP4Box.js does not read the temporal layers that iPhones describe for HEVC.
    messages = (line for line in run.stderr.splitlines() if "tscl" not in line and "'sgpd'" not in line)
    return run.stdout.strip(), "\n".join(messages)


def duration(path: pathlib.Path) -> str:
    return output("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path)


def samples(path: pathlib.Path) -> float:
    """The length of the decoded sound in seconds."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", "8000", "-"]
    return len(subprocess.run(command, capture_output=True, check=True).stdout) / 16_000


def output(*command: str | pathlib.Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def make_files(folder: pathlib.Path) -> None:
    picture = ["-f", "lavfi", "-i", "testsrc=size=128x96:rate=10:duration=2"]
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=2"]
    h264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast"]
    b_frames = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2", "-g", "10"]
    colours = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]
    hevc = ["-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1"]
    place = ["-metadata", f"location={PLACE}"]
    fast = ["-movflags", "+faststart"]
    for name, options in {
        "h264.mov": [*h264, "-c:a", "aac"],
        "b-frames.mov": [*b_frames, *colours, "-c:a", "aac", *place],
        "faststart.mov": [*h264, *colours, "-c:a", "aac", *fast, *place],
        "time-code.mov": [*h264, "-c:a", "aac", "-timecode", "00:00:00:00", *fast],
        "time-code-last.mov": [*h264, "-c:a", "aac", "-timecode", "00:00:00:00"],
        "hevc.mov": [*hevc, *colours, "-c:a", "aac"],
        "mpeg4.mov": ["-c:v", "mpeg4", "-c:a", "aac"],
        "surround.mov": [*h264, "-c:a", "aac", "-ac", "6"],
        "fast-sound.mov": [*h264, "-c:a", "aac", "-ar", "96000"],
        "silent.mov": [*h264, "-an"],
        "keys.mov": [*h264, "-c:a", "aac", "-movflags", "+use_metadata_tags", *place],
        "refused-prores.mov": ["-c:v", "prores", "-c:a", "aac"],
        "refused-pcm.mov": [*h264, "-c:a", "pcm_s16le"],
        "refused-mjpeg.mov": ["-c:v", "mjpeg", "-c:a", "aac"],
        "refused-fragmented.mov": [*h264, "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"],
    }.items():
        make(*picture, *sound, *options, folder / name)
    for name, options in {
        "memo.m4a": ["-c:a", "aac"],
        "place.m4a": ["-c:a", "aac", *place],
        "stereo.m4a": ["-c:a", "aac", "-ac", "2", "-ar", "48000", *fast],
        "low.m4a": ["-c:a", "aac", "-ar", "8000"],
        "surround.m4a": ["-c:a", "aac", "-ac", "6"],
        "fragmented.m4a": ["-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov", "-frag_duration", "300000"],
        "dash.m4a": ["-c:a", "aac", "-movflags", "+dash+default_base_moof", "-frag_duration", "300000"],
        "refused-alac.m4a": ["-c:a", "alac"],
    }.items():
        make(*sound, *options, folder / name)


def make(*command: str | pathlib.Path) -> None:
    run = ["ffmpeg", "-v", "error", "-threads", "1", *command]
    subprocess.run(run, check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
