"""The labelled files of the benchmark, from public repositories."""

import collections
import csv
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def load(checkouts, files):
    """Extracts the files and returns (truth, path) for each, and the number of those that are missing.

    `checkouts` has a git repository in OWNER/NAME for each repository; those that it lacks are skipped. The
    files are named by their content and have no extension, so that no decider can go by the name.
    """
    files.mkdir(parents=True, exist_ok=True)
    labelled, missing = [], 0
    for repository, rows in manifest().items():
        checkout = checkouts / repository
        if not checkout.exists():
            missing += len(rows)
            continue
        for row, content in zip(rows, blobs(checkout, [row["blob"] for row in rows])):
            if content is None:
                missing += 1
                continue
            path = files / row["blob"]
            path.write_bytes(content)
            labelled.append((row["truth"], path))
    return labelled, missing


def manifest():
    by_repository = collections.defaultdict(list)
    for row in table("files.tsv"):
        by_repository[row["repository"]].append(row)
    return by_repository


def clone(checkouts):
    """Fetches each repository's commit from GitHub, without history."""
    for row in table("repositories.tsv"):
        checkout = checkouts / row["repository"]
        if git(checkout, "cat-file", "-e", row["commit"]):
            continue
        print(f"fetching {row['repository']}", flush=True)
        checkout.mkdir(parents=True, exist_ok=True)
        url = f"https://github.com/{row['repository']}.git"
        fetch = ("fetch", "--quiet", "--depth=1", url, row["commit"])
        if not (git(checkout, "init", "--quiet") and git(checkout, *fetch)):
            print(f"{row['repository']} cannot be fetched; its files are left out", flush=True)


def git(checkout, *arguments):
    if not checkout.exists() and arguments[0] == "cat-file":
        return False
    # Quiet: whether a commit is already there is a question, not an error.
    finished = subprocess.run(["git", "-C", str(checkout), *arguments], stderr=subprocess.DEVNULL)
    return finished.returncode == 0


def blobs(checkout, names):
    """Yields the content of each blob, or None for one that the repository lacks."""
    command = ["git", "-C", str(checkout), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for name in names:
            process.stdin.write(f"{name}\n".encode())
            process.stdin.flush()
            match process.stdout.readline().split():
                case [_, b"blob", size]:
                    yield process.stdout.read(int(size))
                    process.stdout.read(1)
                case _:
                    yield None
        process.stdin.close()


def table(name):
    with open(HERE / name, newline="") as rows:
        return list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
