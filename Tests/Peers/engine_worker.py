"""A process that runs a network in an engine other than modelc, as often as each line of its input says.

usage: engine_worker.py ENGINE THREADS GRAPH OUTPUT INPUT…

It says `started` once the engine is imported, and loads the ONNX file after a line of any kind. Having run it once and
written the results as OUTPUT/0.npy and so on, it says `ready`; for each line with a number after that, the seconds of
so many runs. `modelc bench --serve` does the same.
"""
import sys
import time

import numpy as np


def onnxruntime_network(threads, graph):
    import onnxruntime

    def load():
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        names = [port.name for port in session.get_inputs()]
        return lambda arrays: session.run(None, dict(zip(names, arrays)))

    return load


def openvino_network(threads, graph):
    import openvino

    def load():
        # Without the first it takes bfloat16 where the processor has it.
        settings = {
            "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1}
        compiled = openvino.Core().compile_model(graph, "CPU", settings)
        request = compiled.create_infer_request()

        def run(arrays):
            results = request.infer(arrays, share_inputs=True, share_outputs=True)
            return [results[port] for port in compiled.outputs]

        return run

    return load


ENGINES = {"onnxruntime": onnxruntime_network, "openvino": openvino_network}


def main():
    engine, threads, graph, output, *files = sys.argv[1:]
    load = ENGINES[engine](int(threads), graph)
    print("started", flush=True)
    sys.stdin.readline()
    run = load()
    inputs = [np.load(file) for file in files]
    for index, array in enumerate(run(inputs)):
        np.save(f"{output}/{index}.npy", array)
    print("ready", flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            run(inputs)
            seconds.append(time.perf_counter() - start)
        print(" ".join(map(repr, seconds)), flush=True)


if __name__ == "__main__":
    main()
