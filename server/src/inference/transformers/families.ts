/**
 * Types of models that the worker is tested with, one tiny model each: `model_type` of config.json. Others that
 * transformers can show pictures to and have write are run as well, with prompts of equal length in a batch.
 */
export const PYTHON_FAMILIES: ReadonlySet<string> = new Set([
  'gemma3',
  'idefics3',
  'internvl',
  'kosmos-2',
  'llava',
  'llava_next',
  'llava_onevision',
  'mllama',
  'moondream1',
  'paligemma',
  'phi3_v',
  'qwen2_5_vl',
  'qwen2_vl',
  'qwen3_vl',
  'smolvlm',
  'vilt',
]);

/** Of these, the one that writes nothing and scores the choices that a request brings. */
export const SCORES_CHOICES = 'vilt';
