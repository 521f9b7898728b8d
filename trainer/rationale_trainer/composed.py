"""What the models have in common that are composed here, as transformers has no class for them (moondream/, phi3_v/)."""

from transformers import GenerationMixin, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutputWithPast


class ComposedModel(PreTrainedModel, GenerationMixin):
    """Its `model` reads texts and pictures, and its `lm_head` says which token comes next.

    Each class has a `forward` of its own: `generate` finds out by their names which arguments there are.
    """

    base_model_prefix = "model"
    _supports_sdpa = True

    def get_input_embeddings(self):
        return self.model.get_input_embeddings()

    def get_output_embeddings(self):
        return self.lm_head

    def answer(self, labels, logits_to_keep, **inputs) -> CausalLMOutputWithPast:
        """`inputs`: what `model` takes."""
        hidden = self.model(**inputs)
        logits = self.lm_head(hidden.last_hidden_state[:, -logits_to_keep:])
        loss = None if labels is None else self.loss_function(logits, labels, vocab_size=self.lm_head.out_features)
        return CausalLMOutputWithPast(loss=loss, logits=logits, past_key_values=hidden.past_key_values)
