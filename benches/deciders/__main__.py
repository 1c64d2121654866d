"""Compares how this gateway and others decide whether a file is of its declared type.

    PYTHON benches/deciders [--from FOLDER] [--failures FILE] CCMESSAGING

files.tsv labels files of the public repositories in repositories.tsv. They are fetched from GitHub into
target/deciders (3 GB), or read from --from FOLDER, which has git repositories in OWNER/NAME; files that are not
there are left out. Each file is declared as each of the eight types, and the table has "misses / false accepts":
files of the type that are rejected, and files of another kind that are accepted.

CCMESSAGING is the command line program. PYTHON is an interpreter with requirements.txt; libmagic is the program
`file`; Node.js 20 or newer needs `npm ci` in the folder file-type; infer is built with cargo.
"""

import argparse
import collections
import pathlib

import corpus
import deciders

TARGET = corpus.HERE.parent.parent / "target/deciders"
TEXT_KINDS = {"txt", "csv", "tsv", "html", "svg", "xml", "json", "sh", "py", "rtf", "ps", "othertext"}
# Kinds that a policy may count as the type: they are neither misses nor false accepts.
SIBLINGS = {
    # Pixels outside the file.
    "bmp": {"bmp-broken"},
    "mp3": {"mp2"},
    "aac": {"loas"},
    "mp4": {"m4a", "m4v", "mov", "3gp", "mp4seg", "heic", "avif"},
    "txt": TEXT_KINDS,
    "csv": TEXT_KINDS,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="checkouts", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--failures", type=pathlib.Path, metavar="FILE", help="write each miss and false accept")
    parser.add_argument("program", metavar="CCMESSAGING")
    arguments = parser.parse_args()

    checkouts = arguments.checkouts or TARGET / "repositories"
    if not arguments.checkouts:
        corpus.clone(checkouts)
    labelled, missing = corpus.load(checkouts, TARGET / "files")
    paths = [str(path) for _, path in labelled]
    verdicts = {
        "this gateway": deciders.gateway(arguments.program, paths),
        "libmagic": deciders.libmagic(paths),
        "file-type": deciders.file_type(paths),
        "magika": deciders.magika(paths),
        "infer": deciders.infer(paths),
    }
    failures = [failure for name in verdicts for failure in judge(name, labelled, verdicts[name])]
    print(f"{len(labelled)} files; {missing} of the manifest are missing")
    print_table(list(verdicts), collections.Counter(truth for truth, _ in labelled), failures)
    if arguments.failures:
        arguments.failures.write_text("".join("\t".join(failure) + "\n" for failure in failures))


def judge(name, labelled, verdicts):
    """Yields (decider, type, failure, truth, path)."""
    for (truth, path), accepted in zip(labelled, verdicts):
        for declared in deciders.TYPES:
            is_accepted = declared in accepted
            if truth == declared and not is_accepted:
                yield name, declared, "miss", truth, str(path)
            elif truth != declared and truth not in SIBLINGS.get(declared, ()) and is_accepted:
                # TXT and CSV have the same rule, so their false accepts count once.
                yield name, "text" if declared in deciders.TEXT else declared, "false accept", truth, str(path)


def print_table(names, files, failures):
    # Of a file that is accepted as TXT and as CSV, only one false accept is left.
    count = collections.Counter((name, kind, failure) for name, kind, failure, _, _ in set(failures))
    total = collections.Counter((name, failure) for name, _, failure, _, _ in set(failures))
    print(f"\n| type | files |{''.join(f' {name} |' for name in names)}")
    print(f"|---|---:|{'---:|' * len(names)}")
    for kind in (*deciders.TYPES, "text"):
        # Text is missed as TXT or CSV, and falsely accepted as text.
        what = {"txt": ["miss"], "csv": ["miss"], "text": ["false accept"]}.get(kind, ["miss", "false accept"])
        cells = [" / ".join(str(count[name, kind, failure]) for failure in what) for name in names]
        print(f"| {kind} | {files[kind] or ''} | {' | '.join(cells)} |")
    cells = [f"{total[name, 'miss']} / {total[name, 'false accept']}" for name in names]
    print(f"| all | {sum(files.values())} | {' | '.join(cells)} |")


main()
