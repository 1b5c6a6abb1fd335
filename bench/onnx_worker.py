"""One measurement of ONNX Runtime in a process of its own; bench/run starts it.

    onnx_worker.py FILE.onnx --threads N --seconds S
"""
import argparse
import json
import statistics
import time

import numpy
import onnxruntime


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1.0)
    args = parser.parse_args()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = args.threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(args.file, options, providers=["CPUExecutionProvider"])
    port = session.get_inputs()[0]
    feed = {port.name: numpy.random.default_rng(1).random(port.shape, dtype=numpy.float32)}
    begin = time.perf_counter()
    while time.perf_counter() - begin < 0.1 * args.seconds:
        session.run(None, feed)
    times = []
    begin = time.perf_counter()
    while len(times) < 3 or (len(times) < 20000 and time.perf_counter() - begin < args.seconds):
        start = time.perf_counter()
        session.run(None, feed)
        times.append(time.perf_counter() - start)
    print(json.dumps({"version": onnxruntime.__version__, "seconds": statistics.median(times)}))


if __name__ == "__main__":
    main()
