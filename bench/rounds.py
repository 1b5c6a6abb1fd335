"""Training steps in alternating rounds: peak, nndc, PyTorch, peak, ...

Only neighbours are compared, because a shared machine is now fast, now slow: a round gives one
ratio, and the median over the rounds is what counts.
"""
import statistics

from processes import build_trainer, run_json, say, summary, torch_command, Failed

MUCH_SLOWER = 1.25  # a memory format this much behind after a round is not measured again


def spread(values):
    """[median, least, greatest]"""
    return [statistics.median(values), min(values), max(values)]


class Torch:
    """One PyTorch, eager or compiled, on one case: measures the formats that can still win."""

    def __init__(self, python, case, compiled=False):
        self.python, self.case, self.compiled = python, case, compiled
        self.formats, self.version, self.parameters = None, None, None

    def measure(self, work, batch, threads, seconds):
        """Seconds of a call, in the faster format."""
        result = run_json(torch_command(self.python, work, self.case, batch, threads, seconds,
                                        self.formats, self.compiled), threads)
        times = result["seconds"]
        best = min(times.values())
        self.formats = [name for name in sorted(times, key=times.get)
                        if times[name] < MUCH_SLOWER * best]
        self.version, self.parameters = result["version"], result["parameters"]
        return best


def check_same_network(case, parameters):
    ours = summary(case)["total"]["trained"]
    if ours != parameters:
        raise Failed(f"{case.name}: nndc trains {ours} parameters, PyTorch {parameters}")


def first_steps(case, threads, args):
    """The command that times nndc for the wanted seconds; the number of steps comes last."""
    trainer = [build_trainer(case), "bench", *case.bench, "--json", "--threads", str(threads),
               "--steps"]
    step = run_json([*trainer, "1"], threads)["step_seconds"]
    return [*trainer, str(max(3, min(100000, int(args.seconds / step))))]


def compare(case, peak, threads, args):
    """Several rounds of one case on a number of threads; what the report needs of them."""
    trainer = first_steps(case, threads, args)
    reference = Torch(args.python, case)
    ours, theirs, rates, peaks = [], [], [], []
    for number in range(args.rounds):
        peaks.append(run_json([peak, str(threads)], threads)["gflops"])
        step = run_json(trainer, threads)
        ours.append(step["step_seconds"])
        rates.append(step["gflops"])
        theirs.append(reference.measure("train", case.batch, threads, args.seconds))
        say(f"{case.name}, {threads} thread{'s' if threads > 1 else ''}, round {number + 1}: "
            f"{1e3 * ours[-1]:.4g} ms, {1e3 * theirs[-1]:.4g} ms")
    check_same_network(case, reference.parameters)
    return {
        "rounds": args.rounds,
        "nndc_seconds": spread(ours),
        "torch_seconds": spread(theirs),
        "ratio": spread([their / our for our, their in zip(ours, theirs)]),
        "gflops": spread(rates),
        "peak_gflops": spread(peaks),
        "share": spread([rate / most for rate, most in zip(rates, peaks)]),
        "torch": reference.version,
        "format": reference.formats[0],
    }


def compare_newer(case, threads, args):
    """The same with another PyTorch: nndc, eager, compiled, nndc, ... A compiled network takes the
    memory format that is faster in eager mode, because compiling takes minutes."""
    trainer = first_steps(case, threads, args)
    eager, compiled = Torch(args.torch_python, case), Torch(args.torch_python, case, compiled=True)
    ours, times = [], {"eager": [], "compiled": []}
    why_not = None
    for number in range(args.rounds):
        ours.append(run_json(trainer, threads)["step_seconds"])
        times["eager"].append(eager.measure("train", case.batch, threads, args.seconds))
        if why_not is None:
            try:
                compiled.formats = compiled.formats or eager.formats[:1]
                times["compiled"].append(compiled.measure("train", case.batch, threads, args.seconds))
            except Failed as failure:
                why_not = str(failure)
                say(f"bench: {failure}")
        say(f"{case.name}, newer PyTorch, {threads} thread{'s' if threads > 1 else ''}, round "
            f"{number + 1}: {1e3 * ours[-1]:.4g} ms, eager {1e3 * times['eager'][-1]:.4g} ms")
    result = {"rounds": args.rounds, "nndc_seconds": spread(ours), "torch": eager.version}
    for name, seconds in times.items():
        if len(seconds) == len(ours):
            result[name] = {"seconds": spread(seconds),
                            "ratio": spread([their / our for our, their in zip(ours, seconds)])}
    if why_not:
        result["why_not"] = why_not
    return result
