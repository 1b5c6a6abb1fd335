"""Keeps the numbers of bench/run in bench/performance.json, and prints them: a line each while it
runs, and the tables of docs/performance.md."""
import json
import os

import cases
from processes import ROOT, say

RESULTS = os.path.join(ROOT, "bench", "performance.json")
PAGE = os.path.join(ROOT, "docs", "performance.md")


def number(value):
    """Three digits or more."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def with_range(spread, scale=1.0):
    """spread: median, least, greatest"""
    middle, least, most = (number(scale * value) for value in spread)
    return f"{middle} ({least}-{most})"


def time_scale(seconds):
    """The unit in which a table shows a time, and what it is multiplied with."""
    return ("us", 1e6) if seconds < 1e-4 else ("ms", 1e3)


def time_text(spread):
    unit, scale = time_scale(spread[0])
    return f"{with_range(spread, scale)} {unit}"


def verdict(must, aim, ratio):
    return "**no**" if ratio < must else "yes, and the aim" if ratio >= aim else "yes"


def training_cells(case, threads, result):
    place = 0 if threads == "1" else 1
    must, aim = case.must[place], case.aim[place]
    return [f"{case.title} [{case.batch}]", threads, time_text(result["nndc_seconds"]),
            time_text(result["torch_seconds"]), with_range(result["ratio"]),
            f"{number(must)} / {number(aim)}", verdict(must, aim, result["ratio"][0]),
            number(result["gflops"][0]), f"{100 * result['share'][0]:.1f} %"]


def training_line(case, threads, result):
    return f"{case.name}: " + ", ".join(training_cells(case, threads, result)[1:])


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def training_table(results):
    head = ["model [batch]", "threads", "nndc", "PyTorch", "ratio", "must / aim", "met", "GFLOP/s",
            "of peak"]
    measured = results.part("training")
    rows = [training_cells(case, threads, result) for case in cases.CASES
            for threads, result in sorted(measured.get(case.name, {}).items())]
    return table(head, rows)


def newer_cells(case, threads, result):
    cells = [f"{case.title} [{case.batch}]", threads, time_text(result["nndc_seconds"])]
    for kind in ("eager", "compiled"):
        if kind in result:
            cells += [time_text(result[kind]["seconds"]), with_range(result[kind]["ratio"])]
        else:
            cells += ["failed", ""]
    return cells


def newer_line(case, threads, result):
    return f"{case.name}: " + ", ".join(newer_cells(case, threads, result)[1:])


def newer_table(results):
    head = ["model [batch]", "threads", "nndc", "eager", "ratio", "compiled", "ratio"]
    measured = results.part("newer")
    rows = [newer_cells(case, threads, result) for case in cases.CASES
            for threads, result in sorted(measured.get(case.name, {}).items())]
    versions = {result["torch"] for case in measured.values() for result in case.values()}
    if not rows:
        return "No newer PyTorch was installed."
    return f"PyTorch {', '.join(sorted(versions))}.\n\n" + table(head, rows)


FAST = ("b01", "d01", "d03", "d06")  # must be 1.4 times as fast, the others faster
RIVALS = ("PyTorch", "ONNX Runtime", "oneDNN")


def inference_cells(case, threads, result, absent):
    cells = [case.title.split(",")[0], threads, time_text(result["nndc_seconds"])]
    for name in RIVALS:
        other = result["others"].get(name)
        cells.append(time_text(other["seconds"]) if other else
                     "not installed" if name in absent else "not measured")
    must = 1.4 if case.name in FAST else 1.0
    ratio = result["ratio"]
    return cells + [with_range(ratio), number(must), "yes" if ratio[0] > must else "**no**",
                    f"{100 * result['share'][0]:.1f} %"]


def inference_line(case, threads, result):
    return f"{case.name}: " + ", ".join(inference_cells(case, threads, result, {})[1:])


def inference_table(results):
    measured, absent = results.part("inference"), results.part("absent")
    head = ["model", "threads", "nndc", *RIVALS, "ratio", "must", "met", "of peak"]
    versions, rows = set(), []
    for case in cases.CASES:
        for threads, result in sorted(measured.get(case.name, {}).items()):
            rows.append(inference_cells(case, threads, result, absent))
            versions |= {f"{name} {other['version']}" for name, other in result["others"].items()}
    said = [f"Versions: {', '.join(sorted(versions))}."] if versions else []
    said += [f"{name} was not measured: {reason}." for name, reason in absent.items()]
    return "\n".join([*said, "", table(head, rows)])


def mebibytes(count):
    return f"{count / 2**20:,.1f} MiB" if count >= 2**18 else f"{count / 2**10:,.1f} KiB"


def memory_cells(case, result):
    return [f"{case.title} [{case.batch}]", mebibytes(result["arena_bytes"]),
            f"{result['arena_bytes'] / result['bound_bytes']:.3f}",
            mebibytes(result["nndc_resident_bytes"]), mebibytes(result["torch_resident_bytes"]),
            f"{result['nndc_resident_bytes'] / result['torch_resident_bytes']:.2f}"]


def memory_line(case, result):
    return f"{case.name}: " + ", ".join([*memory_cells(case, result)[1:],
                                         *compilation_cells(case, result)[1:]])


def memory_table(results):
    head = ["model [batch]", "arena of a step", "over its bound", "resident, nndc",
            "resident, PyTorch", "nndc / PyTorch"]
    measured = results.part("memory")
    return table(head, [memory_cells(case, measured[case.name]) for case in cases.CASES
                        if case.name in measured])


def compilation_cells(case, result):
    return [case.title.split(",")[0], f"{1e3 * result['nndc_seconds']:.0f} ms",
            f"{result['compiler_seconds']:.1f} s", f"{result['trainer_bytes'] / 1e3:,.0f} KB"]


def compilation_table(results):
    head = ["model", "nndc emit", "clang -O3 of the trainer", "its text"]
    measured = results.part("memory")
    return table(head, [compilation_cells(case, measured[case.name]) for case in cases.CASES
                        if case.name in measured and not case.network])


def machine_text(results):
    facts = results.part("machine")
    return table(["what", ""], [[name, str(value)] for name, value in facts.items()])


class Results:
    def __init__(self):
        self.all = {}
        self.failed = 0
        if os.path.exists(RESULTS):
            with open(RESULTS, encoding="utf-8") as file:
                self.all = json.load(file)

    def part(self, name):
        return self.all.setdefault(name, {})

    def of(self, part, case):
        return self.part(part).setdefault(case.name, {})

    def fail(self, failure):
        say(f"bench: {failure}")
        self.failed += 1

    def save(self):
        with open(RESULTS + ".new", "w", encoding="utf-8") as file:
            json.dump(self.all, file, indent=1)
            file.write("\n")
        os.replace(RESULTS + ".new", RESULTS)

    def write_page(self):
        """Puts the tables into the page, between <!-- NAME --> and <!-- end of NAME -->."""
        tables = {"machine": machine_text, "training": training_table, "newer": newer_table,
                  "inference": inference_table, "memory": memory_table,
                  "compilation": compilation_table}
        with open(PAGE, encoding="utf-8") as file:
            text = file.read()
        for name, make in tables.items():
            first, last = f"<!-- {name} -->\n", f"<!-- end of {name} -->\n"
            head, _, rest = text.partition(first)
            _, found, tail = rest.partition(last)
            if not found:
                raise SystemExit(f"bench: {PAGE} has no place for '{name}'")
            text = head + first + make(self) + "\n" + last + tail
        with open(PAGE + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(PAGE + ".new", PAGE)
