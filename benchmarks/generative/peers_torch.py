"""PyTorch's side of a part of the benchmark: python benchmarks/generative/peers_torch.py G11.

Models of the same sizes on the same data, written with torch as its users write them, on one thread.  Runs in an
environment of its own with torch, numpy, scipy and scikit-learn, and this checkout on PYTHONPATH; prints JSON.
"""

from __future__ import annotations

import json
import sys

import torch
from torch_peers import adversarial, diffusion, digits, flow

PEERS = {
    "G5": digits.machine,
    "G10": digits.vae,
    "G11": digits.made,
    "G12": flow.flows,
    "G14": diffusion.diffusion,
    "G16": adversarial.gan,
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print(json.dumps([peer.as_dict() for peer in PEERS[sys.argv[1]]()]))
