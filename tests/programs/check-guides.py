#!/usr/bin/env python3
"""Looks for verbs and options in the guides that no program has.

    check-guides.py BIN GUIDE...

Reads every command of our programs in code blocks and between backticks of the
Markdown files, and asks the program in BIN for its help. One line for each verb
or option that is not in it, and for each link to a file that is not there; exit
status 1 then.
"""
import functools
import pathlib
import re
import subprocess
import sys

PROGRAM = re.compile(r"^(?:\$ )?(ringside(?:-(?:container|vmm|image))?) (.+)")

# "ringside ready" and the like are lines that programs print, not commands.
PRINTED = {"ready", "result", "metric", "phase"}


@functools.cache
def help_of(program, verb=None):
    """What --help prints, or None where there is no such verb."""
    command = [program] + ([verb] if verb else []) + ["--help"]
    done = subprocess.run(command, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, timeout=20, check=False)
    return done.stdout if done.returncode == 0 else None


def commands(text):
    """The commands of a guide: lines of its code blocks, and code in its text."""
    for block in re.findall(r"```\w*\n(.*?)```", text, re.S):
        yield from block.replace("\\\n", " ").splitlines()
    for code in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S)):
        yield " ".join(code.split())


def wrong_with(programs, command):
    """Verbs and options of a command that its program does not know."""
    match = PROGRAM.match(re.split(r"[|;&#]", command)[0].strip())
    if not match or match[2].split()[0] in PRINTED:
        return
    program = str(programs / match[1])
    words = match[2].split(" -- ")[0].split()
    verb = next((word for word in words if not word.startswith("-")), "")
    known = help_of(program)
    if re.fullmatch(r"[a-z][a-z-]+", verb):
        of_verb = help_of(program, verb)
        if of_verb is None:
            yield f"{match[1]} has no verb {verb}"
            return
        known += of_verb
    for word in words:
        option = re.match(r"\[?(--[a-z][a-z-]*)", word)
        if option and not re.search(re.escape(option[1]) + r"\b(?!-)", known):
            yield f"{match[1]} {verb} has no {option[1]}"


def broken_links(guide, text):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        if not (guide.parent / link).exists():
            yield f"links to {link}, which is not there"


def main():
    programs, found = pathlib.Path(sys.argv[1]), 0
    for name in sys.argv[2:]:
        guide = pathlib.Path(name)
        text = guide.read_text(encoding="utf-8")
        wrong = [line for command in commands(text)
                 for line in wrong_with(programs, command)]
        for line in wrong + list(broken_links(guide, text)):
            print(f"{guide.name}: {line}")
            found += 1
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
