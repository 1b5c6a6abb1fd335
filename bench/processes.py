"""Builds the programs that are measured, and runs each measurement in a process of its own."""
import json
import os
import subprocess
import sys
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "bench")
WORKER = os.path.join(ROOT, "bench", "torch_worker.py")


class Failed(Exception):
    """A program that is measured ended with an error."""


def nndc():
    return os.environ.get("NNDC", os.path.join(ROOT, "build", "release", "nndc"))


def compiler():
    return os.environ.get("CC", "clang").split()


def run_json(command, threads=1):
    """Runs a program; returns the JSON object of its last line, with its largest memory."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), PYTHONDONTWRITEBYTECODE="1")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as child:
        complaint = []
        reader = threading.Thread(target=lambda: complaint.append(child.stderr.read()))
        reader.start()
        text = child.stdout.read()
        reader.join()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        said = "\n".join(complaint).strip().splitlines()[-3:]
        raise Failed(f"{' '.join(command)} ended with {child.returncode}: {' / '.join(said)}")
    result = json.loads(text.strip().splitlines()[-1])
    result["resident_bytes"] = usage.ru_maxrss * 1024
    return result


def build_peak():
    program = os.path.join(BUILD, "peak")
    subprocess.run([*compiler(), "-O3", "-march=native", "-ffp-contract=fast", "-fopenmp",
                    os.path.join(ROOT, "bench", "peak.c"), "-o", program], check=True)
    return program


def build_trainer(case):
    program = os.path.join(BUILD, case.name)
    subprocess.run([nndc(), "build", os.path.join(ROOT, case.model), *case.options,
                    "--batch", str(case.batch), "-o", program],
                   check=True, stdout=subprocess.DEVNULL)
    return program


def summary(case):
    """The lines of `nndc summary --json` that count: {"total": ..., "training step": ...}."""
    done = subprocess.run([nndc(), "summary", "--json", os.path.join(ROOT, case.model),
                           *case.options, "--batch", str(case.batch)],
                          check=True, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {("total" if line["kind"] == "total" else line["name"]): line
            for line in lines if line["kind"] in ("total", "memory")}


def torch_command(python, work, case, batch, threads, seconds, formats=None, compiled=False):
    command = [python, WORKER, work, case.network or case.name, "--batch", str(batch),
               "--threads", str(threads), "--seconds", str(seconds)]
    if formats:
        command += ["--formats", ",".join(formats)]
    return command + (["--compile"] if compiled else [])


def say(text):
    print(text, file=sys.stderr, flush=True)
