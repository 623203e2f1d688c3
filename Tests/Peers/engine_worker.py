"""A process that runs a network in an engine other than modelc, as often as each line of its input says.

usage: engine_worker.py ENGINE THREADS OUTPUT NETWORK [WEIGHTS] -- INPUT…

NETWORK is an ONNX file; for tensorflow Keras's JSON, and WEIGHTS what `PeerNetwork.write_keras` wrote.

It says `started` once the engine is imported, and loads the network after a line of any kind. Having run it once and
written the results as OUTPUT/0.npy and so on, it says `ready`; for each line with a number after that, the seconds of
so many runs. `modelc bench --serve` does the same.
"""
import os
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


def tensorflow_network(threads, document, weights):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)

    def load():
        with open(document) as file:
            model = keras.models.model_from_json(file.read())
        values = np.load(weights)
        for layer in model.layers:
            layer.set_weights([values[f"{layer.name}/{weight.name}"] for weight in layer.weights])
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
        call = tensorflow.function(lambda arrays: model(arrays, training=False))

        def run(arrays):
            results = call([tensorflow.convert_to_tensor(array) for array in arrays] if len(arrays) > 1 else arrays[0])
            return [result.numpy() for result in (results if isinstance(results, (list, tuple)) else [results])]

        return run

    return load


ENGINES = {"onnxruntime": onnxruntime_network, "openvino": openvino_network, "tensorflow": tensorflow_network}


def main():
    engine, threads, output, *words = sys.argv[1:]
    place = words.index("--")
    load = ENGINES[engine](int(threads), *words[:place])
    print("started", flush=True)
    sys.stdin.readline()
    run = load()
    inputs = [np.load(file) for file in words[place + 1:]]
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
