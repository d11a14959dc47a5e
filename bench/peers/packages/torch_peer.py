"""PyTorch on the processor as a peer: the program of its process. Protocol: see protocol.ts."""

import json
import os
import signal
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit("this Python has no PyTorch")

PARAMETERS = [f"{layer}.{kind}" for layer in ("conv1", "conv2", "conv3", "linear") for kind in ("weight", "bias")]
STRIDES = (1, 2, 2)
LEARNING_RATE = 0.01
CHECKED_STEPS = 5


def read_inputs(folder):
    with open(os.path.join(folder, "inputs.json"), encoding="utf-8") as file:
        index = json.load(file)
    with open(os.path.join(folder, "inputs.f32"), "rb") as file:
        values = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    inputs = {}
    for entry in index:
        size = 1
        for side in entry["shape"]:
            size *= side
        inputs[entry["name"]] = values[entry["offset"] : entry["offset"] + size].reshape(entry["shape"]).clone()
    return inputs


def nchw(x):
    """[N, H, W, C] to [N, C, H, W], and [O, KH, KW, I] to [O, I, KH, KW]."""
    return x.permute(0, 3, 1, 2).contiguous()


def spread(values):
    values = values.reshape(-1)
    return [values[int((i + 0.5) * len(values) / 16)].item() for i in range(16)]


def prepare_step(inputs):
    images, labels = nchw(inputs["images"]), inputs["labels"].long()
    params = [nchw(inputs[name]) if inputs[name].dim() == 4 else inputs[name] for name in PARAMETERS]
    initial = [param.clone() for param in params]
    for param in params:
        param.requires_grad_()
    optimizer = torch.optim.SGD(params, lr=LEARNING_RATE)

    def step():
        x = images
        for i, stride in enumerate(STRIDES):
            x = F.relu(F.conv2d(x, params[2 * i], params[2 * i + 1], stride=stride, padding=1))
        loss = F.cross_entropy(F.linear(x.mean((2, 3)), params[6], params[7]), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    checks = {"losses": [step().item() for _ in range(CHECKED_STEPS)]}
    for name, before, after in zip(PARAMETERS, initial, params):
        checks[f"change of {name}"] = [(after.detach().double() - before.double()).abs().sum().item()]
    return checks, step


def prepare_matmul(inputs):
    a, b = inputs["matmul.a"], inputs["matmul.b"]
    return {"values": spread(a @ b)}, lambda: a @ b


def prepare_conv(inputs):
    x, w = nchw(inputs["conv.x"]), nchw(inputs["conv.w"])
    return {"values": spread(F.conv2d(x, w, padding=1).permute(0, 2, 3, 1))}, lambda: F.conv2d(x, w, padding=1)


PREPARE = {"step": prepare_step, "matmul": prepare_matmul, "conv": prepare_conv}
ready = {}


def blas_name():
    """The library that multiplies matrices: it decides their speed, and is the system's choice."""
    known = {"mkl_rt": "MKL", "openblas": "OpenBLAS", "blis": "BLIS", "atlas": "ATLAS", "/blas/libblas": "reference BLAS"}
    try:
        with open("/proc/self/maps", encoding="utf-8") as file:
            maps = file.read()
    except OSError:
        return None
    return next((name for part, name in known.items() if part in maps), None)


def answer(request):
    if request["do"] == "open":
        torch.set_num_threads(os.cpu_count() or 1)
        return {
            "version": torch.__version__,
            "backend": "CPU",
            "device": ", ".join(filter(None, [f"{torch.get_num_threads()} threads", blas_name()])),
        }
    if request["do"] == "setup":
        workload = request["workload"]
        checks, ready[workload] = PREPARE[workload](read_inputs(request["inputs"]))
        return {"checks": checks}
    if request["do"] == "sample":
        run, steps = ready[request["workload"]], request["steps"]
        since = time.perf_counter()
        for _ in range(steps):
            run()
        return {"ms": (time.perf_counter() - since) * 1000 / steps}
    return {}


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # left to the process that started this one
    for line in sys.stdin:
        if not line.startswith("{"):
            continue
        request = json.loads(line)
        try:
            reply = answer(request)
        except Exception as error:  # a reply, not an end
            reply = {"error": str(error), "name": type(error).__name__}
        print(json.dumps({"id": request["id"], **reply}), flush=True)
        if request["do"] == "stop":
            return


main()
