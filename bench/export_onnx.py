"""Export the embedded model's transformer to ONNX: the same weights for onnxruntime-web, the peer of `npm run bench`.

    pip install torch diffusers transformers accelerate onnx onnxscript onnxruntime
    python bench/export_onnx.py models/shapes .cache/shapes-transformer.onnx

Inputs: hidden_states (1, 16, 5, 8, 8), timestep (1,), encoder_hidden_states (1, 32, 128); output: velocity, as
hidden_states. Large weights are stored as float16 behind Cast nodes, which the runtime folds when it loads: the
arithmetic is float32.
"""

from __future__ import annotations

import argparse

import numpy as np
import onnx
import onnxruntime
import torch
from diffusers import WanTransformer3DModel
from onnx import TensorProto, helper, numpy_helper

INPUTS = ["hidden_states", "timestep", "encoder_hidden_states"]


class Forward(torch.nn.Module):
    """The transformer with positional arguments and one tensor as its result."""

    def __init__(self, dit: WanTransformer3DModel):
        super().__init__()
        self.dit = dit

    def forward(
        self, hidden_states: torch.Tensor, timestep: torch.Tensor, encoder_hidden_states: torch.Tensor
    ) -> torch.Tensor:
        """Velocity, shaped as hidden_states."""
        return self.dit(hidden_states, timestep, encoder_hidden_states, return_dict=False)[0]


def store_half(model: onnx.ModelProto) -> None:
    """Replaces large float32 weights by float16 ones behind Cast nodes, in place."""
    keep, casts = [], []
    for t in model.graph.initializer:
        if t.data_type == TensorProto.FLOAT and int(np.prod(t.dims)) >= 4096:
            half = numpy_helper.from_array(numpy_helper.to_array(t).astype(np.float16), t.name + ".f16")
            keep.append(half)
            casts.append(helper.make_node("Cast", [half.name], [t.name], to=TensorProto.FLOAT))
        else:
            keep.append(t)
    nodes = casts + list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:], model.graph.value_info[:]
    model.graph.initializer.extend(keep)
    model.graph.node.extend(nodes)


@torch.no_grad()
def export(folder: str, out: str) -> None:
    """Writes the file, and prints its size and how far onnxruntime's CPU provider is from PyTorch on it."""
    dit = WanTransformer3DModel.from_pretrained(folder, subfolder="transformer", torch_dtype=torch.float32).eval()
    forward = Forward(dit)
    args = (torch.randn(1, 16, 5, 8, 8), torch.tensor([500.0]), torch.randn(1, 32, dit.config.text_dim))
    torch.onnx.export(
        forward, args, out, input_names=INPUTS, output_names=["velocity"], dynamo=True, external_data=False
    )
    model = onnx.load(out)
    store_half(model)
    onnx.checker.check_model(model)
    onnx.save(model, out)

    ours = forward(*args).numpy()
    session = onnxruntime.InferenceSession(out, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {name: a.numpy() for name, a in zip(INPUTS, args, strict=True)})[0]
    difference = np.abs(ours - theirs).max()
    print(f"{out}: {len(model.SerializeToString()) / 1e6:.1f} MB, largest difference from PyTorch {difference:.2e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a pipeline's folder in diffusers' layout")
    parser.add_argument("out", help="the .onnx file to write")
    parsed = parser.parse_args()
    export(parsed.model, parsed.out)
