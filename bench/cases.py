"""The networks that bench/run compares, with the speeds they should reach.

A target is how many times faster than Debian's PyTorch a training step must at least be, and what
is aimed at, on one and on two threads.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str  # what --models takes, and what the networks of PyTorch are filed under
    title: str  # the first column of the tables
    model: str  # file below the project's root
    batch: int
    must: tuple  # on one thread, on two
    aim: tuple
    options: tuple = ()  # parameters of the model
    network: str = ""  # another name in networks.py, where cases share one
    bench: tuple = ()  # options of the trainer's bench command


CASES = [
    Case("hoda", "hoda 25-50-30-15-10, adam", "models/hoda_mlp.nnd", 32, (25, 25), (40, 40)),
    Case("xnor", "xnor, sgd", "models/xnor.nnd", 1, (2000, 2000), (7000, 7000)),
    Case("mnist_mlp", "mnist_mlp 784-256-128-10, adam", "models/mnist_mlp.nnd", 64, (4, 5), (6, 7)),
    Case("a01", "A1, momentum, dropout, L2", "models/reference/a01_sgd.nnd", 100,
         (1.8, 2.3), (2.3, 3)),
    Case("a14", "A14 with batch_norm, adam", "bench/models/a14_adam.nnd", 100, (1.8, 2.2), (2.3, 3)),
    Case("d01", "D1, adam", "models/reference/d01_one_stage.nnd", 32, (3, 3), (5, 5)),
    Case("d01-64", "D1, adam", "models/reference/d01_one_stage.nnd", 64, (3, 3), (5, 5),
         network="d01"),
    Case("d03", "D3, adam", "models/reference/d03_three_stages.nnd", 64, (1.7, 1.9), (3, 3.2)),
    Case("b01", "B1, adam", "models/reference/b01_mnist_cnn.nnd", 64, (1.8, 2), (3, 3.2)),
    Case("d06", "D6's best, adam", "models/reference/d06_best_of_search.nnd", 32,
         (2.3, 3), (3.2, 4)),
    Case("b05", "B5, three LSTM of 50, adam", "models/reference/b05_lstm.nnd", 32, (4, 4), (7, 7)),
    Case("b06", "B6, dense 10 head, adam", "bench/models/b06_head.nnd", 2, (1.2, 1.5), (2, 2.5)),
    Case("vgg16", "VGG-16, head only trained, adam", "models/reference/b04_vgg16.nnd", 4,
         (1.6, 1.7), (2.3, 2.3), ("-P", "trained_from=6")),
    Case("vgg16-kept", "VGG-16, head only trained, frozen outputs kept, adam",
         "models/reference/b04_vgg16.nnd", 4, (50, 50), (100, 100), ("-P", "trained_from=6"),
         network="vgg16", bench=("--kept",)),
    Case("resnet50", "ResNet-50, all trained, adam", "models/reference/b04_resnet50.nnd", 4,
         (1.4, 1.7), (2, 2.3), ("-P", "trained_from=1")),
]


def case_of(name):
    return next(case for case in CASES if case.name == name)


def choose(names):
    """The cases of a comma-separated list; an unknown name raises KeyError with it."""
    known = {case.name: case for case in CASES}
    return [known[name] for name in names.split(",")] if names else list(CASES)
