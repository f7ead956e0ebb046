#!/usr/bin/env python3
"""Writes a made-up record of many runs: tests/programs/large-record.py DIRECTORY RUNS

Twelve workloads on twenty platforms, in the form of docs/results.md, with as
many members a run as a real one has. For trying how long a report of it takes.
"""
import hashlib
import json
import os
import random
import sys

PLATFORMS = ["native", "native-again"] + [f"platform-{n}" for n in range(18)]
WORKLOADS = [("noop", "start")] + [
    (f"work-{n}", "cpu" if n < 6 else "kernel") for n in range(10)
] + [("pause", "idle")]
HOST = {"cpu": {"model": "made up"}}
FINGERPRINT = hashlib.sha256(
    json.dumps(HOST, sort_keys=True, separators=(",", ":")).encode()
).hexdigest()
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def header(blocks):
    return {
        "type": "header", "schema": 1, "created": "2026-11-23T12:00:00Z",
        "ringside": "0.1.0", "seed": 42, "profile": "full",
        "command": ["ringside", "bench"], "blocks": blocks, "rest_ms": 30,
        "cpus": None, "precision": None,
        "program": {"path": "workload", "sha256": "00ff"},
        "platforms": [{
            "name": name, "title": name.capitalize(),
            "class": "native" if name.startswith("native") else "container",
            "version": "1", "control": name == "native-again",
            "floor": False, "differs": []} for name in PLATFORMS],
        "workloads": [{
            "name": name, "title": name.capitalize(), "group": group,
            "arguments": [name],
            "primary": "time_per_operation" if group in ("cpu", "kernel")
            else None} for name, group in WORKLOADS],
        "left_out": [],
        "fingerprint": {"sha256": FINGERPRINT, "host": HOST},
    }


def run(draw, block, position, platform, workload, group):
    factor = (1 + PLATFORMS.index(platform) / 20) * draw.lognormvariate(0, 0.05)
    last = int(60e6 * factor)
    record = {
        "type": "run", "block": block, "position": position,
        "platform": platform, "workload": workload, "start": "cold",
        "at": "2026-11-23T12:00:05.123Z", "fork_ns": 310000,
        "first_byte_ns": int(5e6 * factor), "ready_ns": int(5e6 * factor),
        "last_byte_ns": last, "exit_ns": last + 1000000,
        "inner_ns": None, "status": 0, "digest": None,
        "cpu_user_ns": int(55e6 * factor), "cpu_system_ns": 900000,
        "failure": None, "host": FINGERPRINT[:16], "metrics": {},
        "memory": {"pss": None, "uss": None, "kernel": None, "peak": 3000000},
        "noise": {"steal_ns": 0, "pressure_us": 12, "preemptions": 3,
                  "throttles": None, "window_ns": 92000000, "load": 0.4},
        "costs": {
            name: {"value": draw.randrange(1000), "unit": "count"}
            for name in ("page_faults_minor", "page_faults_major",
                         "context_switches_voluntary",
                         "context_switches_involuntary")},
    }
    if group == "idle":
        record["memory"]["pss"] = int(1e6 * factor)
        record["memory"]["uss"] = int(9e5 * factor)
    elif group != "start":
        record["metrics"] = {
            "time_per_operation": {"value": 1.5 * factor, "unit": "ns"},
            "iterations": {"value": 539420, "unit": "count"}}
        record["digest"] = DIGEST
        record["inner_ns"] = last - record["ready_ns"]
    if draw.random() < 0.05:
        record["flags"] = ["pressure"]
    return record


def main():
    directory, runs = sys.argv[1], int(sys.argv[2])
    pairs = [(p, *w) for p in PLATFORMS for w in WORKLOADS]
    blocks = -(-runs // len(pairs))
    draw = random.Random(1)
    encode = json.JSONEncoder(separators=(",", ":")).encode
    written = 0
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "results.jsonl"), "w") as file:
        file.write(encode(header(blocks)) + "\n")
        for block in range(1, blocks + 1):
            draw.shuffle(pairs)
            for position, pair in enumerate(pairs, 1):
                if written == runs:
                    break
                file.write(encode(run(draw, block, position, *pair)) + "\n")
                written += 1
        file.write(encode({"type": "end", "runs": written}) + "\n")


main()
