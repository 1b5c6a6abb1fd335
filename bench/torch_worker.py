"""One measurement of PyTorch in a process of its own; bench/run starts it.

    torch_worker.py train|infer NAME --batch N --threads N --seconds S [--formats F,F] [--compile]
    torch_worker.py layers NAME                  the layers that oneDNN can time (onednn.cpp)
    torch_worker.py export NAME --file FILE      the network for ONNX Runtime, batch 1

Prints a JSON line: for each memory format the median seconds of a call, and what is needed to see
that the network is the one of the .nnd file. Inference also has the form that TorchScript makes for
it, as if it were another format.
"""
import argparse
import json
import statistics
import time

import torch

import networks

FORMATS = {"channels_first": torch.contiguous_format, "channels_last": torch.channels_last,
           "scripted": torch.contiguous_format}


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


def infer_call(network, image, compiled, scripted):
    network.eval()
    forward = torch.compile(network) if compiled else network
    if scripted:
        with torch.no_grad():
            forward = torch.jit.optimize_for_inference(torch.jit.trace(network, image))

    def call():
        with torch.inference_mode():
            forward(image)

    return call


def layers_of(name):
    """A line for each convolution and dense layer of one sample, as onednn.cpp reads them."""
    make, shape, _ = networks.NETWORKS[name]
    lines = []

    def note(module, inputs, _):
        if isinstance(module, torch.nn.Conv2d):
            lines.append(f"conv {inputs[0].shape[1]} {inputs[0].shape[2]} {inputs[0].shape[3]} "
                         f"{module.out_channels} {module.kernel_size[0]} {module.stride[0]} "
                         f"{module.padding[0]} {module.dilation[0]}")
        else:
            lines.append(f"dense {module.in_features} {module.out_features}")

    network = make().eval()
    for module in network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(note)
    with torch.no_grad():
        network(torch.rand(1, *shape))
    whole = all(not isinstance(module, torch.nn.LSTM) for module in network.modules())
    return lines if whole else []


def measure(args):
    make, shape, _ = networks.NETWORKS[args.name]
    formats = list(FORMATS) if args.work == "infer" else ["channels_first", "channels_last"]
    if not networks.is_convolutional(args.name):
        formats.remove("channels_last")
    if args.formats:
        formats = args.formats.split(",")
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
            try:
                call = infer_call(network, image, args.compile, name == "scripted")
            except RuntimeError:  # TorchScript of 1.13 cannot take every dilated convolution
                if len(formats) == 1:
                    raise
                continue
        seconds[name] = timed(call, args.seconds / len(formats))
    return {"version": torch.__version__, "parameters": parameters, "seconds": seconds}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", choices=("train", "infer", "layers", "export"))
    parser.add_argument("name", choices=networks.NETWORKS)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--formats", default="")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--file", default="")
    args = parser.parse_args()
    torch.set_flush_denormal(True)  # as nndc does: one batch again and again makes moments sink
    torch.set_num_threads(args.threads)
    if args.work == "layers":
        result = {"layers": layers_of(args.name)}
    elif args.work == "export":
        make, shape, _ = networks.NETWORKS[args.name]
        torch.onnx.export(make().eval(), (torch.rand(1, *shape),), args.file, opset_version=13)
        result = {"file": args.file}
    else:
        result = measure(args)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
