"""One measurement of PyTorch in a process of its own; bench/run starts it.

    torch_worker.py train|infer NAME --batch N --threads N --seconds S [--formats F,F] [--compile]

Prints a JSON line: for each memory format the median seconds of a call, and what is needed to see
that the network is the one of the .nnd file.
"""
import argparse
import json
import statistics
import time

import torch

import networks

FORMATS = {"channels_first": torch.contiguous_format, "channels_last": torch.channels_last}


def timed(call, seconds):
    """Median seconds of a call, over as many as fit; at least three, after some that warm up."""
    start = time.perf_counter()
    call()
    first = time.perf_counter() - start
    start = time.perf_counter()
    call()
    second = time.perf_counter() - start
    for _ in range(min(50, int(0.1 * seconds / second))):
        call()
    times = []
    count = max(3, min(20000, int(seconds / min(first, second))))
    begin = time.perf_counter()
    while len(times) < count and (len(times) < 3 or time.perf_counter() - begin < 1.5 * seconds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def train_call(name, network, image, batch, compiled):
    network.train()
    optimizer = networks.optimizer(name, network)
    loss_function, target = networks.loss_and_target(name, batch)
    forward = torch.compile(network) if compiled else network

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_function(forward(image), target).backward()
        optimizer.step()

    return step


def infer_call(network, image, compiled):
    network.eval()
    forward = torch.compile(network) if compiled else network

    def call():
        with torch.inference_mode():
            forward(image)

    return call


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=("train", "infer"))
    parser.add_argument("name", choices=networks.NETWORKS)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    torch.set_flush_denormal(True)  # as nndc does: one batch again and again makes moments sink
    torch.set_num_threads(args.threads)
    make, shape, _ = networks.NETWORKS[args.name]
    formats = args.formats.split(",") if networks.is_convolutional(args.name) else ["channels_first"]
    seconds, parameters = {}, 0
    for name in formats:
        torch.manual_seed(1)
        network, image = make(), torch.rand(args.batch, *shape)
        if len(shape) == 3:
            network = network.to(memory_format=FORMATS[name])
            image = image.contiguous(memory_format=FORMATS[name])
        parameters = networks.trained_parameters(network)
        if args.work == "train":
            call = train_call(args.name, network, image, args.batch, args.compile)
        else:
            call = infer_call(network, image, args.compile)
        seconds[name] = timed(call, args.seconds / len(formats))
    print(json.dumps({"version": torch.__version__, "parameters": parameters, "seconds": seconds}))


if __name__ == "__main__":
    main()
