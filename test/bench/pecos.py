"""XR-Linear of PECOS on one set, for `peers.ts`: trains, predicts 100 labels a text, and prints what it took as JSON.

python3 pecos.py CHECKOUT FOLDER VARIANT THREADS; FOLDER has train.txt, test.txt, labels.txt (one text a line), train.jsonl ({"labels": [ids]} a line).
Writes FOLDER/predictions.jsonl.
"""

import json
import re
import resource
import sys
import time

import numpy as np
import scipy.sparse as sparse

checkout, folder, variant, threads = sys.argv[1:]
threads = int(threads)
sys.path.insert(0, checkout)

from pecos.utils.featurization.text.vectorizers import Vectorizer  # noqa: E402
from pecos.xmc import Indexer, LabelEmbeddingFactory  # noqa: E402
from pecos.xmc.xlinear.model import XLinearModel  # noqa: E402

WORDS = {"ngram_range": [1, 2], "analyzer": "word"}
CHARACTERS = {"ngram_range": [3, 5], "analyzer": "char_wb"}
VARIANTS = {
    "defaults": {"features": [WORDS], "label_texts": False, "beam": 10},
    "label texts": {"features": [WORDS], "label_texts": True, "beam": 10},
    "label texts, characters, beam 50": {"features": [WORDS, CHARACTERS], "label_texts": True, "beam": 50},
}
chosen = VARIANTS[variant]


def lines(name):
    """In lower case and without punctuation: the vectorizer splits at spaces and changes nothing itself."""
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        return [" ".join(re.findall(r"\w+", line.lower())) for line in file.read().split("\n")[:-1]]


def records(name):
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


texts, held_out, labels = lines("train.txt"), lines("test.txt"), lines("labels.txt")
positives = [record["labels"] for record in records("train.jsonl")]
if chosen["label_texts"]:
    texts = texts + labels
    positives = positives + [[label] for label in range(len(labels))]

began = time.time()
vectorizer = Vectorizer.train(
    texts,
    {"type": "tfidf", "kwargs": {"base_vect_configs": [dict(config, max_df_ratio=0.98) for config in chosen["features"]]}},
)
X = vectorizer.predict(texts)
indptr = np.cumsum([0] + [len(row) for row in positives])
indices = np.concatenate([np.array(row, dtype=np.int32) for row in positives])
Y = sparse.csr_matrix((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=(len(texts), len(labels)))
embeddings = LabelEmbeddingFactory.create(Y, X, method="pifa")
clusters = Indexer.gen(embeddings, indexer_type="hierarchicalkmeans", threads=threads)
model = XLinearModel.train(X, Y, C=clusters, threads=threads, negative_sampling_scheme="tfn")
trained = time.time()
found = model.predict(
    vectorizer.predict(held_out), beam_size=chosen["beam"], only_topk=100, post_processor="l3-hinge", threads=threads
)
done = time.time()

with open(f"{folder}/predictions.jsonl", "w", encoding="utf-8") as file:
    for row in range(found.shape[0]):
        begin, end = found.indptr[row : row + 2]
        order = np.argsort(-found.data[begin:end], kind="stable")
        ranked = found.indices[begin:end][order].tolist()
        scores = found.data[begin:end][order].tolist()
        file.write(json.dumps({"labels": ranked, "scores": scores}) + "\n")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
print(json.dumps({"seconds": trained - began, "textsPerSecond": len(held_out) / (done - trained), "peakMB": peak}))
