/**
 * Judging real outputs and scoring them with BLEU, ROUGE-L and METEOR, against what NLTK, rouge-score and rouge
 * take in Python for the scores alone. One thread each; the processor's time is taken, so that what else the
 * machine does matters little; loading is left out on both sides, and the means must be the same.
 * Python: the environment of `RATIONALE_METRICS_PYTHON` (else `.venv`) with trainer/requirements-goldens.txt;
 * WordNet's dict files: the folder `RATIONALE_WORDNET` (else where Debian's wordnet-base has them).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { textMetrics } from '../../server/src/core/metrics/text/index.ts';
import { metricText } from '../../server/src/core/metrics/text/per-text.ts';
import { recordReference } from '../../server/src/core/metrics/text/texts.ts';
import { parseWordNet } from '../../server/src/core/metrics/text/wordnet.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { readWordNetTable } from '../../server/src/files/wordnet.ts';

const FILES = ['gemini_1_5_flash_8B_json_s4', 'qwen2-vl-2b_s1'];
const IDS = ['bleu-1', 'bleu-4', 'rouge-l', 'rouge-l-package', 'meteor'];
const TARGET = 20;
/** Rounds of ours, nothing kept from one to the next but compiled code; Python does not compile as it goes. */
const ROUNDS = 3;
const root = resolve(import.meta.dirname, '../..');
const data = resolve(root, '../shared/scienceqa');
const wordnet = process.env.RATIONALE_WORDNET ?? '/usr/share/wordnet';
const ownPython = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const python = process.env.RATIONALE_METRICS_PYTHON ?? ownPython;

interface Output {
  readonly record: DatasetRecord;
  readonly output: string;
  readonly reference: string;
}

interface Measured {
  readonly seconds: number;
  readonly means: Readonly<Record<string, number>>;
}

function outputsOf(file: string, records: readonly DatasetRecord[]): Output[] {
  const lines = readFileSync(join(data, 'outputs', `${file}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const { index, raw_output } = JSON.parse(line);
    const record = records[index] as DatasetRecord;
    return { record, output: raw_output, reference: recordReference(record, 'lecture+solution').whole };
  });
}

function ours(outputs: readonly Output[]): Measured {
  const metrics = textMetrics(parseWordNet(readWordNetTable())).filter(({ id }) => IDS.includes(id));
  const totals = new Map<string, number>();
  const began = process.cpuUsage();
  for (const { record, output, reference } of outputs) {
    const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
    const prediction = { key: '', output, finishReason: 'unknown', usage } as const;
    const { id: recordId, choices, answer } = record;
    judge({ recordId, choices, answer, prediction, rationale: parseRationale(output), indexBase: 0 });
    const texts = [metricText(output), metricText(reference)] as const;
    for (const { id, score } of metrics) totals.set(id, (totals.get(id) ?? 0) + score(...texts));
  }
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  return { seconds, means: Object.fromEntries([...totals].map(([id, sum]) => [id, sum / outputs.length])) };
}

function theirs(outputs: readonly Output[]): Measured {
  const { stdout, stderr, status } = spawnSync(python, ['-m', 'rationale_trainer.time_metrics', wordnet], {
    env: { ...process.env, PYTHONPATH: join(root, 'trainer'), OMP_NUM_THREADS: '1' },
    input: JSON.stringify(outputs.map(({ output, reference }) => [output, reference])),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  const { seconds, means } = JSON.parse(stdout);
  const each = Object.entries<number>(seconds).map(([id, value]) => `${id} ${value.toFixed(1)} s`);
  console.log(`Python: ${each.join(', ')}`);
  return { seconds: Object.values<number>(seconds).reduce((sum, value) => sum + value, 0), means };
}

/** Why the comparison cannot be made here, or null. */
function missing(): string | null {
  if (!existsSync(data)) return 'the ScienceQA outputs are not beside this repository';
  if (!existsSync(join(wordnet, 'data.noun'))) return `there are no WordNet files in ${wordnet}`;
  const { status } = spawnSync(python, ['-c', 'import nltk, rouge, rouge_score, sacrebleu']);
  return status === 0 ? null : `${python} lacks the packages of trainer/requirements-goldens.txt`;
}

const reason = missing();
if (reason) {
  console.log(`skipped: ${reason}.`);
} else {
  const records = Object.values<DatasetRecord>(JSON.parse(readFileSync(join(data, 'val.json'), 'utf8')));
  for (const file of FILES) {
    const outputs = outputsOf(file, records);
    const rounds = Array.from({ length: ROUNDS }, () => ours(outputs));
    const own = rounds.reduce((best, round) => (round.seconds < best.seconds ? round : best));
    const other = theirs(outputs);
    const differing = IDS.filter((id) => Math.abs((own.means[id] ?? 0) - (other.means[id] ?? 0)) > 1e-9);
    if (differing.length > 0) throw new Error(`The means of ${differing.join(', ')} differ on ${file}.`);
    const ratio = Math.round((10 * other.seconds) / own.seconds) / 10;
    console.log(
      JSON.stringify({
        name: `judging, BLEU, ROUGE-L and METEOR of ${outputs.length} outputs of ${file}, times as fast as Python`,
        ratio,
        target: TARGET,
        ok: ratio >= TARGET,
        // With nothing compiled yet; the ratio is that of the best round.
        cold: Math.round((10 * other.seconds) / (rounds[0] as Measured).seconds) / 10,
        seconds: rounds.map(({ seconds }) => Math.round(seconds * 100) / 100),
      }),
    );
  }
}
