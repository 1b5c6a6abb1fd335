"""Resident memory of a trainer and of PyTorch, and what nndc and the C compiler take: once each."""
import os
import resource
import statistics
import subprocess
import time

from processes import (BUILD, ROOT, build_trainer, compiler, nndc, run_json, summary, torch_command)


def memory(case, args):
    """Arena against its bound, and the largest resident memory of a few steps on one thread."""
    step = summary(case)["training step"]
    trainer = run_json([build_trainer(case), "bench", "--json", "--threads", "1", "--steps", "2"])
    other = {}
    for name in ("channels_first", "channels_last"):
        worker = torch_command(args.python, "train", case, case.batch, 1, 0.1, [name])
        other[name] = run_json(worker)["resident_bytes"]
    return {"arena_bytes": step["peak_bytes"], "bound_bytes": step["lower_bound_bytes"],
            "nndc_resident_bytes": trainer["resident_bytes"],
            "torch_resident_bytes": min(other.values())}


def processor_seconds(command):
    """User and system time of a program: what it takes on a quiet machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return min(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def compilation(case):
    directory = os.path.join(BUILD, case.name + ".emit")
    emit = [nndc(), "emit", os.path.join(ROOT, case.model), *case.options, "--batch",
            str(case.batch), "-o", directory]
    spent = [processor_seconds(emit) for _ in range(5)]
    trainer = next(os.path.join(directory, name) for name in os.listdir(directory)
                   if name.endswith("_trainer.c"))
    compiling = processor_seconds([*compiler(), "-O3", "-march=native", "-fopenmp", "-c", trainer,
                                   "-o", os.path.join(BUILD, "trainer.o")])
    return {"nndc_seconds": statistics.median(spent), "compiler_seconds": compiling,
            "trainer_bytes": os.path.getsize(trainer)}
