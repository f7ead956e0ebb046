#!/usr/bin/env python3
"""Makes up result directories for the report: fixtures.py DIRECTORY NAME...

    whole     every platform and group of workloads, density, attack surface
    partial   half of the cells without a figure, no single values, no extras
    single    a native process and nothing else
    huge      60 platforms with 40 blocks
    hostile   titles and reasons with markup, quotes, 10 kB, right to left

All figures are invented; the format is that of docs/results.md.
"""
import json
import math
import pathlib
import random
import statistics
import sys

# name, title, class, ms to start, MB idle, different system calls
PLATFORMS = [
    ("native", "Native process", "native", .33, .06, 40),
    ("native-again", "Native, again", "native", .33, .06, 40),
    ("container", "ringside-container", "container", 4.4, 1.3, 95),
    ("unshare", "unshare(1)", "container", 2.1, .4, 70),
    ("bwrap", "bubblewrap", "container", 4.6, .9, 85),
    ("crun", "crun", "container", 21, 1.8, 120),
    ("runc", "runc", "container", 32, 9, 160),
    ("podman", "Podman", "container", 180, 40, 210),
    ("docker", "Docker", "container", 320, 55, 230),
    ("gvisor-systrap", "gVisor, systrap", "user-space kernel", 190, 25, 80),
    ("uml", "User-mode Linux", "paravirtual kernel", 350, 40, 60),
    ("unikernel", "ringside-vmm, unikernel", "unikernel", 3.1, .66, 38),
    ("unikernel-restored", "Unikernel, restored", "unikernel", 2, .4, 30),
    ("microvm", "ringside-vmm, microVM", "microVM", 45, 28, 45),
    ("qemu-microvm-kvm", "QEMU microvm, KVM", "microVM", 160, 60, 80),
    ("qemu-microvm-tcg", "QEMU microvm, TCG", "microVM", 900, 75, 85),
    ("libvirt-q35-kvm", "libvirt q35, KVM", "full VM", 1300, 120, 130),
    ("firecracker", "Firecracker", "microVM", 110, 35, 42),
]
# name, title, group, ns for one operation
WORKLOADS = [
    ("noop", "Start and exit", "start", 0),
    ("cpu-int", "Integer arithmetic", "cpu", 4.3),
    ("cpu-float", "Floating-point arithmetic", "cpu", 11.5),
    ("sha256", "SHA-256 hashing", "cpu", 213),
    ("memory-first", "First touch of memory", "memory", 1800),
    ("memory-stream", "Memory bandwidth", "memory", .6),
    ("memory-latency", "Memory latency", "memory", 170),
    ("syscall", "System call", "kernel", 123),
    ("files-read", "Reading small files", "files", 2500),
    ("macro-database", "Database inserts", "macro", 90000),
    ("pause", "Idle instance", "idle", 0),
]
PHASES = {"container": ("namespaces", "rootfs", "exec"),
          "unikernel": ("vm", "memory", "program"),
          "microvm": ("vm", "kernel", "init", "drivers")}
PRIMARY = {"start": "spawn_to_exit", "idle": "memory_pss"}
HOSTILE = ("<script>window.injected = 1</script>", "\"'&`${x}\\", "x" * 10000,
           "\u202eright to left \u05d0\u05d1\u05d2 \u0627\u0644\u0639\u0631",
           "<img src=x onerror='window.injected = 1'>", "]]><!--", "**a** |b|",
           "\u0001\u0007control", "\U0001f600" * 50)


def header(platforms, blocks):
    return {
        "type": "header", "schema": 1, "created": "2026-11-23T12:00:00Z",
        "ringside": "0.1.0", "seed": 7, "profile": "full",
        "command": ["ringside", "bench", "--profile", "full"],
        "blocks": blocks,
        "program": {"path": "build/guests/workload", "sha256": "0" * 64},
        "platforms": [{"name": name, "title": title, "class": kind,
                       "version": None, "control": name == "native-again",
                       "floor": name == "unshare", "differs": []}
                      for name, title, kind, *_ in platforms],
        "workloads": [{"name": name, "title": title, "group": group,
                       "primary": "time_per_operation" if time else None}
                      for name, title, group, time in WORKLOADS],
        "left_out": [{"platform": "kata", "title": "Kata Containers",
                      "reason": "program kata-runtime is not on PATH",
                      "remedy": "install Kata Containers"}],
        "fingerprint": {"sha256": "ab" * 32, "host": {
            "cpu": {"model": "An Invented Processor"},
            "kvm": {"back_ends": ["kvm_amd"]},
            "hypervisor": {"present": True},
            "kernel": {"release": "6.12.0"}}}}


def slowdown(platform, group, workload):
    name, _, kind = platform[:3]
    virtual = kind in ("unikernel", "microVM", "full VM")
    if name.endswith("-tcg"):
        return 9
    if group == "kernel":
        return {"unikernel": 10, "user-space kernel": 12}.get(kind, 1)
    if workload == "memory-first" and virtual:
        return 2.2
    return 1.2 if group == "files" and virtual else 1


def measure(platform, workload):
    """One run: the judged value and what else was measured."""
    name, _, kind, start, idle, _ = platform
    work, _, group, time = workload
    noise = random.lognormvariate(0, .02)
    if group == "idle":
        size = idle * 1e6
        other = {"memory_uss": .7 * size, "memory_kernel": .2 * size + 5e4,
                 "memory_page_tables": .06 * size,
                 "memory_kernel_stack": 3e4}
        if kind in ("microVM", "full VM"):
            other["memory_guest_kernel"] = .3 * size
        return size * noise, other
    if group == "start":
        spent = start * 1e6 * random.lognormvariate(0, .08)
        phases = PHASES.get(name, ())
        return spent, {f"phase_{phase}": spent * (k + 1) / (len(phases) + 1)
                       for k, phase in enumerate(phases)}
    value = time * slowdown(platform, group, work) * noise
    if group in ("files", "macro"):
        return value, {"cpu_per_operation": value * 1.1}
    return value, {}


def run_line(block, position, platform, workload, value):
    group = workload[2]
    return {"type": "run", "block": block, "position": position,
            "platform": platform[0], "workload": workload[0], "start": "cold",
            "exit_ns": int(value) if group == "start" else 10**7, "status": 0,
            "metrics": {"time_per_operation": {"value": value, "unit": "ns"}}
            if workload[3] else {},
            "memory": {"pss": int(value) if group == "idle" else None},
            "flags": ["steal"] if random.random() < .02 else [],
            "failure": None}


def interval(values):
    """The exact 95 % interval of a median from order statistics."""
    values, n, rank = sorted(values), len(values), 0
    while sum(math.comb(n, i) for i in range(rank + 1)) / 2**n <= .025:
        rank += 1
    return (values[rank - 1], values[n - rank]) if rank else (None, None)


def figure(values):
    low, high = interval(values)
    return {"n": len(values), "median": statistics.median(values), "low": low,
            "high": high}


def verdict(ratio):
    if ratio["low"] is None:
        return "inconclusive"
    if ratio["low"] > .97 and ratio["high"] < 1.03:
        return "equivalent"
    return ("slower" if ratio["low"] > 1 else
            "faster" if ratio["high"] < 1 else "inconclusive")


def cell(platform, workload, metric, primary, values, native):
    unit = "bytes" if metric.startswith("memory_") else "ns"
    result = {"platform": platform, "workload": workload, "start":
              "restored" if platform.endswith("restored") else "cold",
              "metric": metric, "unit": unit, "better": "lower",
              "primary": primary, "failures": 0, "minimum": min(values),
              "maximum": max(values), "ratio": None, "why": None,
              **figure(values)}
    if platform != "native" and native:
        ratio = figure([a / b for a, b in zip(values, native)])
        ratio["verdict"] = verdict(ratio)
        result["ratio"] = ratio
    return result


def density(platforms):
    for name, _, _, start, idle, _ in platforms:
        points = [{"instances": 2**k, "latency_ns": start * 1e6 * (1 + .01 * k),
                   "memory_per_instance": idle * 1e6 * (.7 + .5 / 2**k)}
                  for k in range(10)]
        yield {"platform": name, "points": points, "stopped": "limit"}


def session(platforms, blocks):
    """A summary and the lines of its record."""
    head = header(platforms, blocks)
    lines, values = [head], {}
    for block in range(1, blocks + 1):
        pairs = [(p, w) for p in platforms for w in WORKLOADS]
        random.shuffle(pairs)
        for position, (platform, workload) in enumerate(pairs, 1):
            value, other = measure(platform, workload)
            lines.append(run_line(block, position, platform, workload, value))
            primary = PRIMARY.get(workload[2], "time_per_operation")
            for metric, number in [(primary, value), *other.items()]:
                values.setdefault((platform[0], workload[0], metric),
                                  []).append(number)
    lines.append({"type": "end", "runs": len(lines) - 1})
    groups = {name: group for name, _, group, _ in WORKLOADS}
    cells = [cell(p, w, metric,
                  metric == PRIMARY.get(groups[w], "time_per_operation"), found,
                  values.get(("native", w, metric)))
             for (p, w, metric), found in values.items()]
    return {"schema": 1, "header": head, "complete": True,
            "runs": len(lines) - 2, "failures": 0, "equivalence_band": .03,
            "noise_floor": {}, "cells": cells, "failed_runs": [],
            "digest_gate": {"cpu-int": {"agree": True, "digest": "9f86d0",
                                        "disagreeing": []}},
            "density": list(density(platforms)),
            "surface": [{"platform": p[0], "workload": "noop",
                         "system_calls_distinct": p[5],
                         "system_calls_total": 7 * p[5],
                         "kernel_functions": None, "why": "no ftrace here"}
                        for p in platforms]}, lines


def make_partial(summary):
    for found in summary["cells"][::2]:
        found.update(n=0, median=None, low=None, high=None, ratio=None,
                     why="none of its runs had this figure")
    for member in ("density", "surface", "noise_floor", "digest_gate"):
        del summary[member]
    summary["complete"] = False


def make_hostile(summary):
    head = summary["header"]
    for list_name, key in (("platforms", "title"), ("workloads", "title"),
                           ("left_out", "reason"), ("left_out", "remedy"),
                           ("platforms", "class"), ("platforms", "version")):
        for k, item in enumerate(head[list_name]):
            if key != "class" or k % 5 == 4:
                item[key] = HOSTILE[k % len(HOSTILE)]
    for k, platform in enumerate(head["platforms"]):
        platform["differs"] = [HOSTILE[(k + 3) % len(HOSTILE)]]
    head["command"] = list(HOSTILE)
    head["created"] = head["profile"] = head["ringside"] = HOSTILE[0]
    head["fingerprint"]["host"]["cpu"]["model"] = HOSTILE[2]
    head["fingerprint"]["host"][HOSTILE[0]] = {HOSTILE[1]: HOSTILE[3]}
    for k, found in enumerate(summary["cells"]):
        if k % 9 == 0:
            found["unit"] = HOSTILE[k % len(HOSTILE)]
    for k, found in enumerate(summary["surface"] + summary["density"]):
        found["why"] = found["stopped"] = HOSTILE[k % len(HOSTILE)]
    summary["failed_runs"] = [{"platform": text, "workload": text, "block": 1,
                               "failure": text} for text in HOSTILE]


def make(directory, name):
    platforms, blocks = PLATFORMS, 12
    if name == "single":
        platforms = PLATFORMS[:1]
    elif name == "huge":
        blocks = 40
        platforms = PLATFORMS + [
            (f"another-{k}", f"Another runtime, number {k}", "container",
             5 * 1.1**k, 2 + k, 60 + k) for k in range(42)]
    summary, lines = session(platforms, blocks)
    if name == "partial":
        make_partial(summary)
        lines = []
    elif name == "hostile":
        make_hostile(summary)
    directory.mkdir(parents=True)
    with open(directory / "summary.json", "w", encoding="utf-8") as file:
        json.dump(summary, file)
    if lines:
        with open(directory / "results.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


def main():
    for name in sys.argv[2:]:
        random.seed(7)
        make(pathlib.Path(sys.argv[1]) / name, name)


if __name__ == "__main__":
    main()
