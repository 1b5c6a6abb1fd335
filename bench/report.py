"""Keeps the numbers of bench/run in bench/performance.json, and prints them: a line each while it
runs, and the tables of docs/performance.md."""
import json
import os

import cases
from processes import ROOT

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


def newer_table(results):
    head = ["model [batch]", "threads", "eager", "ratio", "compiled", "ratio"]
    rows, versions = [], set()
    for case in cases.CASES:
        for threads, result in sorted(results.part("training").get(case.name, {}).items()):
            cells = []
            for kind in ("eager", "compiled"):
                if kind in result:
                    versions.add(result[kind]["torch"])
                    cells += [time_text(result[kind]["seconds"]), with_range(result[kind]["ratio"])]
                else:
                    cells += ["not measured", ""]
            if any(cell != "not measured" and cell for cell in cells):
                rows.append([f"{case.title} [{case.batch}]", threads, *cells])
    if not rows:
        return "No newer PyTorch was installed."
    return f"PyTorch {', '.join(sorted(versions))}.\n\n" + table(head, rows)


def machine_text(results):
    facts = results.part("machine")
    return table(["what", ""], [[name, str(value)] for name, value in facts.items()])


class Results:
    def __init__(self):
        self.all = {}
        if os.path.exists(RESULTS):
            with open(RESULTS, encoding="utf-8") as file:
                self.all = json.load(file)

    def part(self, name):
        return self.all.setdefault(name, {})

    def training(self, name):
        return self.part("training").setdefault(name, {})

    def save(self):
        with open(RESULTS + ".new", "w", encoding="utf-8") as file:
            json.dump(self.all, file, indent=1)
            file.write("\n")
        os.replace(RESULTS + ".new", RESULTS)

    def write_page(self):
        """Puts the tables into the page, between <!-- NAME --> and <!-- end of NAME -->."""
        tables = {"machine": machine_text, "training": training_table, "newer": newer_table}
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
