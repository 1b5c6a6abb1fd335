"""Inference of one sample in alternating rounds: peak, generated library, PyTorch, ONNX Runtime, oneDNN.

Which of the others are there is found out once; one that is not has its reason in the results.
"""
import json
import os
import re
import subprocess

from processes import (BUILD, ROOT, Failed, compiler, nndc, run_json, say, summary, torch_command)
from rounds import Torch, spread

HERE = os.path.join(ROOT, "bench")


def build_library(case):
    """The program of infer.c with the library of the case."""
    directory = os.path.join(BUILD, case.name + ".emit")
    done = subprocess.run([nndc(), "emit", os.path.join(ROOT, case.model), *case.options,
                           "-o", directory], check=True, stdout=subprocess.PIPE, text=True)
    header = next(line for line in done.stdout.split() if line.endswith(".h"))
    model = os.path.basename(header)[:-2]
    with open(header, encoding="utf-8") as file:
        ports = re.findall(r"#define " + model.upper() + r"_(\w+)_SIZE ", file.read())
    program = os.path.join(BUILD, case.name + ".infer")
    flags = ["-O3", "-march=native", "-fopenmp", "-fno-math-errno", "-fno-trapping-math",
             f"-DHEADER=\"{model}.h\"", f"-DMODEL={model}", f"-DMODEL_UPPER={model.upper()}",
             f"-DINPUT={ports[0]}", f"-DOUTPUT={ports[-1]}", "-I", directory]
    subprocess.run([*compiler(), *flags, os.path.join(HERE, "infer.c"),
                    os.path.join(directory, model + ".c"), "-lm", "-o", program], check=True)
    return program


class OnnxRuntime:
    name = "ONNX Runtime"

    def __init__(self, case, args):
        self.version = None
        self.file = os.path.join(BUILD, case.name + ".onnx")
        self.python = args.onnx_python
        run_json(torch_command(args.python, "export", case, 1, 1, 1) + ["--file", self.file])

    @staticmethod
    def absent(args):
        try:
            done = subprocess.run([args.onnx_python, "-c", "import onnxruntime"], check=False,
                                  stderr=subprocess.DEVNULL)
        except OSError:
            return f"{args.onnx_python} cannot be run"
        return None if done.returncode == 0 else f"not installed for {args.onnx_python}"

    def measure(self, threads, seconds):
        command = [self.python, os.path.join(HERE, "onnx_worker.py"), self.file,
                   "--threads", str(threads), "--seconds", str(seconds)]
        result = run_json(command, threads)
        self.version = result["version"]
        return result["seconds"]


class OneDnn:
    name = "oneDNN"

    def __init__(self, case, args):
        self.version = None
        self.program = os.path.join(BUILD, "onednn")
        layers = run_json(torch_command(args.python, "layers", case, 1, 1, 1))["layers"]
        if not layers:
            raise Failed("its layers are recurrent, which onednn.cpp does not measure")
        self.file = os.path.join(BUILD, case.name + ".layers")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write("\n".join(layers) + "\n")

    @staticmethod
    def absent(_):
        done = subprocess.run([os.environ.get("CXX", "c++"), "-O2", os.path.join(HERE, "onednn.cpp"),
                               "-ldnnl", "-o", os.path.join(BUILD, "onednn")],
                              stderr=subprocess.DEVNULL, check=False)
        return None if done.returncode == 0 else "libdnnl-dev is not installed"

    def measure(self, threads, seconds):
        result = run_json(["sh", "-c", f'exec "$0" {seconds} <"$1"', self.program, self.file], threads)
        self.version = result["version"]
        return result["seconds"]


class PyTorch:
    name = "PyTorch"

    def __init__(self, case, args):
        self.torch = Torch(args.python, case)
        self.version = None

    @staticmethod
    def absent(_):
        return None  # the training steps need it too

    def measure(self, threads, seconds):
        best = self.torch.measure("infer", 1, threads, seconds)
        self.version = self.torch.version
        return best


def contenders(args):
    """The classes that can be measured here, and why the others cannot: {name: reason}."""
    present, missing = [], {}
    for kind in (PyTorch, OnnxRuntime, OneDnn):
        reason = kind.absent(args)
        if reason is None:
            present.append(kind)
        else:
            missing[kind.name] = reason
            say(f"bench: no {kind.name}: {reason}")
    return present, missing


def compare(case, peak, threads, args, present):
    program = build_library(case)
    flops = summary(case)["total"]["flops"]
    others = []
    result = {"rounds": args.rounds, "flops": flops, "others": {}, "why_not": {}}
    for kind in present:
        try:
            others.append(kind(case, args))
        except Failed as failure:
            result["why_not"][kind.name] = str(failure)
    ours, shares, times = [], [], {other.name: [] for other in others}
    for number in range(args.rounds):
        most = run_json([peak, str(threads)], threads)["gflops"]
        ours.append(run_json([program, str(args.seconds)], threads)["seconds"])
        shares.append(1e-9 * flops / ours[-1] / most)
        for other in others:
            times[other.name].append(other.measure(threads, args.seconds))
        say(f"{case.name}, inference, {threads} thread{'s' if threads > 1 else ''}, round {number + 1}: "
            f"{1e3 * ours[-1]:.4g} ms, " + json.dumps({k: v[-1] for k, v in times.items()}))
    result["nndc_seconds"] = spread(ours)
    result["share"] = spread(shares)
    for other in others:
        result["others"][other.name] = {"version": other.version, "seconds": spread(times[other.name])}
    rivals = [times[name] for name in ("PyTorch", "ONNX Runtime") if name in times]
    result["ratio"] = spread([min(both) / our for our, *both in zip(ours, *rivals)])
    return result
