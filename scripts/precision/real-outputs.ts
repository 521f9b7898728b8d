/**
 * Real outputs of models on ScienceQA, judged as the product judges them. The data lies beside the repository and is
 * no part of it; where it is absent there is nothing to read.
 */
import { existsSync, readFileSync } from 'node:fs';
import { checkOutput } from '../../server/src/core/annotations/engine.ts';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import type { Finding, Opinion, OutputContext } from '../../server/src/core/annotations/types.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import { STAGE_NAMES } from '../../server/src/core/rationales/types.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { RecordSource } from '../../server/src/core/records/types.ts';

const DATA = new URL('../../../shared/scienceqa/', import.meta.url);

/** What each file's prompt asked for. `ofTest`: its records are not at hand, so there is nothing to compare with. */
const FILES: Readonly<Record<string, { format: OutputContext['format']; ofTest?: true }>> = {
  gemini_1_5_flash_8B_json_s4: { format: 'json' },
  gemini_1_5_flash_8B_freetext_s1: { format: 'letter' },
  'qwen2-vl-2b_s1': { format: 'json' },
  'paligemma-3b-ft-scienceqa_s1': { format: 'json' },
  'paligemma2-3b-pt_PEFT-prefix_teacher_s1': { format: 'json', ofTest: true },
  'qwen2-vl-2b_PEFT-prefix_golden_s1': { format: 'json', ofTest: true },
};

/** The ids of the rules on outputs. */
export const OUTPUT_RULES: readonly string[] = RULES.filter((rule) => rule.scope === 'output').map(
  (rule) => rule.id,
);

export interface RealOutput {
  readonly file: string;
  readonly row: number;
  readonly context: OutputContext;
  readonly findings: readonly Finding[];
}

export function hasRealOutputs(): boolean {
  return existsSync(DATA);
}

/** Every output of every file, in order. Models that answered the same record are known to each other. */
export function readRealOutputs(): RealOutput[] {
  const records = DatasetDocument.create(read('val.json')).chunks.flatMap((chunk) => chunk.source ?? []);
  const contexts = Object.keys(FILES).flatMap((file) => contextsOf(file, records));
  const opinions = new Map<RecordSource, Opinion[]>();
  for (const { source, model, judgement } of contexts.map(({ context }) => context)) {
    const known = opinions.get(source) ?? [];
    const choice = judgement.contradiction ? null : judgement.reading.choice;
    opinions.set(source, [...known, { model, choice }]);
  }
  return contexts.map(({ file, row, context }) => {
    const full = { ...context, opinions: opinions.get(context.source) };
    return { file, row, context: full, findings: checkOutput(full, {}) };
  });
}

function contextsOf(file: string, records: readonly RecordSource[]) {
  const { format, ofTest } = FILES[file]!;
  const lines = read(`outputs/${file}.jsonl`).trimEnd().split('\n');
  return lines.flatMap((line, row) => {
    const { index, raw_output: output } = JSON.parse(line) as { index: number; raw_output: string };
    const source = ofTest ? UNKNOWN : records[index];
    if (!source) return [];
    const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
    const prediction = { key: '', output, finishReason: 'unknown', usage } as const;
    const { id, choices, answer } = source.record;
    const rationale = parseRationale(output);
    const judgement = judge({ recordId: id, choices, answer, prediction, rationale, indexBase: 0 });
    return [
      { file, row, context: { source, prediction, judgement, model: file, format, stages: STAGE_NAMES } },
    ];
  });
}

/** Stands in for a record that is not at hand: a question in English, without choices. */
const UNKNOWN = DatasetDocument.create(
  '{"1": {"question": "Which one is it?", "choices": [], "answer": null, "hint": "", "image": null}}',
).chunks.flatMap((chunk) => chunk.source ?? [])[0] as RecordSource;

function read(path: string): string {
  return readFileSync(new URL(path, DATA), 'utf8');
}
