"""Export of a BERT-like sentence-embedding model, such as all-MiniLM-L6-v2, to a folder that the model host reads."""

from pathlib import Path
from shutil import copy

import onnx
import torch
from transformers import AutoModel, BertModel

OPSET = 20
AUTO = torch.export.Dim.AUTO
# What the model host reads beside the graph; 1_Pooling says that the mean of the tokens is the sentence's vector.
FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "sentence_bert_config.json", "1_Pooling/config.json")
NAMES = {"batch": 0, "length": 1}


class Tokens(torch.nn.Module):
    """Token ids to token vectors; what is padded is left out of the mean by the reader."""

    def __init__(self, model: BertModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state


def export_sentences(source: Path, folder: Path):
    model = AutoModel.from_pretrained(source, attn_implementation="eager")
    for file in FILES:
        if (source / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            copy(source / file, folder / file)
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    ids = torch.tensor([[2, 5, 6, 7, 3], [2, 5, 3, 0, 0]])
    inputs = {"input_ids": ids, "attention_mask": (ids > 0).long(), "token_type_ids": torch.zeros_like(ids)}
    graph = folder / "onnx/model.onnx"
    torch.onnx.export(
        Tokens(model).eval(),
        tuple(inputs.values()),
        graph,
        dynamo=True,
        verbose=False,
        input_names=list(inputs),
        output_names=["last_hidden_state"],
        opset_version=OPSET,
        external_data=False,
        dynamic_shapes=tuple({0: AUTO, 1: AUTO} for _ in inputs),
    )
    onnx.save(without_metadata(onnx.load(graph)), graph)


def without_metadata(model: onnx.ModelProto) -> onnx.ModelProto:
    """The exporter notes at every node where it comes from, which is more than a tiny model itself."""
    for holder in (model, model.graph):
        del holder.metadata_props[:]
    for part in (*model.graph.node, *model.graph.input, *model.graph.output, *model.graph.initializer, *model.graph.value_info):
        del part.metadata_props[:]
    for part in model.graph.node:
        part.doc_string = ""
    del model.graph.value_info[:]
    return model
