"""PyTorch's side of the train-step bench: the same step of Module I, one for each line that comes in.

Reads one JSON line with the shapes and the batch, then does a step (or encodes the texts) for each line `step` or
`encode`, and answers each with the seconds it took, and the loss of a step.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Module):
    def __init__(self, dim, heads, inner):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(dim, dim) for _ in range(4))
        self.inner, self.outer = nn.Linear(dim, inner), nn.Linear(inner, dim)
        self.output_norm, self.outer_norm = (nn.LayerNorm(dim, eps=1e-12) for _ in range(2))

    def forward(self, x, mask):
        texts, length, dim = x.shape
        split = lambda y: y.view(texts, length, self.heads, dim // self.heads).transpose(1, 2)
        q, k, v = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = q @ k.transpose(-1, -2) * (dim // self.heads) ** -0.5 + mask
        seen = (F.softmax(scores, -1) @ v).transpose(1, 2).reshape(texts, length, dim)
        x = self.output_norm(x + self.output(seen))
        return self.outer_norm(x + self.outer(F.gelu(self.inner(x))))


class Encoder(nn.Module):
    def __init__(self, layers, dim, heads, inner, vocabulary, positions):
        super().__init__()
        # Rows that a batch does not use get no gradient, as on the other side.
        self.words = nn.Embedding(vocabulary, dim, sparse=True)
        self.positions = nn.Embedding(positions, dim)
        self.norm = nn.LayerNorm(dim, eps=1e-12)
        self.layers = nn.ModuleList(Layer(dim, heads, inner) for _ in range(layers))
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)

    def forward(self, ids, present):
        mask = ((1 - present) * -1e9)[:, None, None, :]
        x = self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]])
        for layer in self.layers:
            x = layer(x, mask)
        return (x * present[:, :, None]).sum(1) / present.sum(1, keepdim=True)


def padded(texts):
    """Every text as long as the longest of them."""
    length = max(map(len, texts))
    ids = torch.tensor([t + [0] * (length - len(t)) for t in texts])
    present = torch.tensor([[1.0] * len(t) + [0.0] * (length - len(t)) for t in texts])
    return ids, present


def loss_of(texts, labels, negatives=10, margin=0.3, temperature=0.1):
    similarity = F.normalize(texts) @ F.normalize(labels).T
    positive = similarity.diagonal()[:, None]
    masked = similarity.masked_fill(torch.eye(len(texts), dtype=torch.bool), -10)
    hardest = masked.topk(negatives, 1).values
    loss = F.relu(hardest - positive + margin)
    weights = F.softmax(torch.where(loss > 0, hardest, torch.tensor(-50.0)) / temperature, 1)
    return (weights * loss).mean()


def main():
    torch.set_num_threads(2)
    torch.manual_seed(1)
    job = json.loads(sys.stdin.readline())
    if job.get("tf32"):
        torch.set_float32_matmul_precision("high")
    if "device" in job:  # torch 2 alone has this
        torch.set_default_device(job["device"])
    encoder = Encoder(**job["encoder"])
    texts, labels = padded(job["texts"]), padded(job["labels"])
    dense = [p for name, p in encoder.named_parameters() if name != "words.weight"]
    optimisers = [
        torch.optim.AdamW(dense, lr=1e-4, eps=1e-6, weight_decay=0.01),
        torch.optim.SparseAdam([encoder.words.weight], lr=1e-4, eps=1e-6),
    ]

    def step():
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        if texts[0].shape == labels[0].shape:  # one pass for both, where nothing is padded for it
            both = encoder(torch.cat([texts[0], labels[0]]), torch.cat([texts[1], labels[1]]))
            loss = loss_of(*both.chunk(2))
        else:
            loss = loss_of(encoder(*texts), encoder(*labels))
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()
        return loss.item()

    by_length = sorted(job["texts"] + job["labels"], key=len)

    def encode(size=32):
        with torch.inference_mode():
            for start in range(0, len(by_length), size):
                encoder(*padded(by_length[start : start + size]))

    for line in sys.stdin:
        started = time.perf_counter()
        result = step() if line.strip() == "step" else encode()
        if job.get("device") == "cuda":
            torch.cuda.synchronize()
        print(json.dumps([time.perf_counter() - started, result]), flush=True)


main()
