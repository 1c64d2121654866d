"""The deciders. Each returns the API's types that a file may be declared as, for every path."""

import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TYPES = ("jpg", "png", "bmp", "mp3", "aac", "mp4", "txt", "csv")
TEXT = {"txt", "csv"}
BY_MEDIA_TYPE = {
    "image/jpeg": {"jpg"},
    "image/png": {"png"},
    "image/apng": {"png"},
    "image/vnd.mozilla.apng": {"png"},
    "image/bmp": {"bmp"},
    "image/x-ms-bmp": {"bmp"},
    "audio/mpeg": {"mp3"},
    "audio/aac": {"aac"},
    "audio/x-aac": {"aac"},
    "audio/x-hx-aac-adts": {"aac"},
    "video/mp4": {"mp4"},
}


def gateway(program, paths):
    questions = [f"{declared}\t{path}" for path in paths for declared in TYPES]
    verdicts = iter(lines([program, "check", "--batch"], questions))
    return [{declared for declared in TYPES if next(verdicts).startswith("accept")} for _ in paths]


def libmagic(paths):
    """A file is text if libmagic finds a character set, unless it is a PDF of ASCII characters."""
    command = ["file", "--brief", "--mime", "--no-pad", "--files-from", "-"]
    verdicts = [line.partition("; charset=") for line in lines(command, paths)]
    no_text = {"application/pdf"}
    return [
        BY_MEDIA_TYPE.get(kind, set() if charset == "binary" or kind in no_text else TEXT)
        for kind, _, charset in verdicts
    ]


def file_type(paths):
    return [without_text_rule(kind) for kind in lines(["node", str(HERE / "file-type/identify.mjs")], paths)]


def infer(paths):
    manifest = str(HERE / "infer/Cargo.toml")
    command = ["cargo", "run", "--release", "--locked", "--quiet", "--manifest-path", manifest]
    return [without_text_rule(kind) for kind in lines(command, paths)]


def without_text_rule(media_type):
    """For libraries that recognise signatures only: whatever has none must pass as text."""
    is_text = media_type == "-" or media_type.startswith("text/")
    return TEXT if is_text else BY_MEDIA_TYPE.get(media_type, set())


def magika(paths):
    from magika import Magika

    by_label = {"jpeg": "jpg"} | {name: name for name in TYPES}
    outputs = [result.output for result in Magika().identify_paths([pathlib.Path(path) for path in paths])]
    return [TEXT if output.is_text else {by_label.get(str(output.label))} for output in outputs]


def lines(command, questions):
    """Runs a program that answers each line of its input with one line."""
    text = "".join(f"{question}\n" for question in questions)
    # `check --batch` exits with 1 if it rejected a file.
    answers = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    if len(answers) != len(questions):
        raise SystemExit(f"{command[0]} answered {len(answers)} of {len(questions)} lines")
    return answers
