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
        self.formats = [name for name in times if times[name] < MUCH_SLOWER * best]
        self.version, self.parameters = result["version"], result["parameters"]
        return best


def newer(python, case):
    """The columns of another PyTorch, if one is named."""
    if not python:
        return {}
    return {"eager": Torch(python, case), "compiled": Torch(python, case, compiled=True)}


def check_same_network(case, parameters):
    ours = summary(case)["total"]["trained"]
    if ours != parameters:
        raise Failed(f"{case.name}: nndc trains {ours} parameters, PyTorch {parameters}")


def compare(case, peak, threads, args):
    """Several rounds of one case on a number of threads; what the report needs of them."""
    trainer = [build_trainer(case), "bench", "--json", "--threads", str(threads), "--steps"]
    steps = max(3, min(100000, int(args.seconds / run_json([*trainer, "1"], threads)["step_seconds"])))
    reference = Torch(args.python, case)
    others = newer(args.torch_python, case)
    ours, theirs, rates, peaks = [], [], [], []
    newer_times = {name: [] for name in others}
    for number in range(args.rounds):
        peaks.append(run_json([peak, str(threads)], threads)["gflops"])
        step = run_json([*trainer, str(steps)], threads)
        ours.append(step["step_seconds"])
        rates.append(step["gflops"])
        theirs.append(reference.measure("train", case.batch, threads, args.seconds))
        for name, other in list(others.items()):
            try:
                newer_times[name].append(other.measure("train", case.batch, threads, args.seconds))
            except Failed as failure:
                say(f"bench: {failure}")
                del others[name], newer_times[name]
        say(f"{case.name}, {threads} thread{'s' if threads > 1 else ''}, round {number + 1}: "
            f"{1e3 * ours[-1]:.4g} ms, {1e3 * theirs[-1]:.4g} ms")
    check_same_network(case, reference.parameters)
    result = {
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
    for name, times in newer_times.items():
        result[name] = {"torch": others[name].version, "seconds": spread(times),
                        "ratio": spread([their / our for our, their in zip(ours, times)])}
    return result
