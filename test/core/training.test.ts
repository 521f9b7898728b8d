import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Example, examplesFor, judgeSamples } from '../../server/src/core/pipeline/training.ts';
import type { TeacherOutput } from '../../server/src/core/pipeline/types.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { readRecipeFile } from '../../server/src/core/recipes/recipe-file.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { type Progress, parseEvent, type Step } from '../../server/src/core/training/events.ts';
import { stateOf, TrainingHistory } from '../../server/src/core/training/history.ts';
import { candidates, pythonIn } from '../../server/src/training/python.ts';
import { RunEvents } from '../../server/src/training/run-events.ts';
import { dataset, rationale } from '../server/sample-dataset.ts';

const PROMPT = {
  name: 'plain',
  text: '---\nmetadata: { rationale: { format: stages } }\n---\nuser:\n{{ question }}\n',
};

function examples(
  recipe: string,
  outputs: readonly TeacherOutput[] | null = null,
  change = {},
  prompt = PROMPT.text,
  data = 'dataset: d, split: test',
) {
  const document = DatasetDocument.create(dataset(6, change));
  const around = {
    path: 'problems.json',
    image: () => ({ state: 'none' }) as const,
    splits: null,
    rules: {},
  };
  const text = `student: x\nteacher: { run: t }\ndata: { ${data} }\nevaluation: { split: val }\n${recipe}`;
  const { recipe: read, problems } = readRecipeFile(text, 'r');
  assert.deepEqual(problems, []);
  return examplesFor(read, new Pipeline(document, around, null), { ...PROMPT, text: prompt }, outputs);
}

const said = (recordId: string, output: string): TeacherOutput => ({ recordId, output });
const targets = (recipe: string, outputs: readonly TeacherOutput[] | null = null, change = {}) =>
  examples(recipe, outputs, change).train.map(({ id, target }) => [id, target]);

describe('What a student learns', () => {
  it('is the answer as the prompt’s format asks for it', () => {
    assert.deepEqual(targets('target: answer')[0], ['r2', '<CONCLUSION>B</CONCLUSION>']);
  });

  it('is the solution, with the answer behind it where that is asked for', () => {
    assert.deepEqual(targets('target: solution')[0], ['r2', 'The answer is number 2.']);
    const [, both] = targets('target: solution-answer')[0] as [string, string];
    assert.equal(both, '<REASONING>The answer is number 2.</REASONING>\n<CONCLUSION>B</CONCLUSION>');
  });

  it('is the teacher’s rationale, or its stages with the gold letter', () => {
    const outputs = [said('r2', rationale('B')), said('r3', rationale('A'))];
    assert.deepEqual(targets('target: rationale', outputs), [['r2', rationale('B')]]);
    const all = targets('target: rationale-answer\nobjective: { keep: all }', outputs);
    assert.deepEqual(all, [
      ['r2', rationale('B')],
      ['r3', rationale('B')],
    ]);
    const broken = [
      said('r2', '<REASONING>So.</REASONING><CONCLUSION>A'),
      said('r3', '{"answer": "A", "why": "so"}'),
      said('r4', 'So A.'),
    ];
    assert.deepEqual(
      targets('target: rationale-answer\nobjective: { keep: all }', broken).map(([, target]) => target),
      [
        '<REASONING>So.</REASONING><CONCLUSION>B</CONCLUSION>',
        '{"answer":"B","why":"so"}',
        'So A.\nAnswer: B',
      ],
    );
  });

  it('is every rationale that several runs have of a record, each with its weight', () => {
    const outputs = [
      said('r2', rationale('B')),
      said('r2', rationale('A')),
      said('r2', rationale('B', 'Other.')),
    ];
    const { train } = examples(
      'target: rationale\nobjective: { keep: weighted, wrong_weight: 0.25 }',
      outputs,
    );
    assert.deepEqual(
      train.map(({ weight }) => weight),
      [1, 0.25, 1],
    );
  });

  it('is both tasks with two-task, and a pair with dpo', () => {
    const two = examples('target: rationale\nobjective: { kind: two-task }', [said('r2', rationale('B'))]);
    assert.equal(two.train[0]?.answer_target, 'B');
    const outputs = [
      said('r2', rationale('B')),
      said('r2', rationale('A')),
      said('r2', 'Nobody knows.'),
      said('r3', rationale('B')),
    ];
    const { train, leftOut } = examples('target: rationale\nobjective: { kind: dpo }', outputs);
    assert.deepEqual(
      train.map(({ target, rejected }) => [target, rejected]),
      [
        [rationale('B'), rationale('A')],
        [rationale('B'), 'Nobody knows.'],
      ],
    );
    assert.deepEqual(leftOut, [
      '1 record left out: there is not both a right and a wrong rationale.',
      '2 records left out: the teacher has no rationale.',
    ]);
  });

  it('is asked for each task of two-task by a prompt of its own, which differs in the last words alone', () => {
    const outputs = [said('r2', rationale('B'))];
    const [first] = examples('target: rationale\nobjective: { kind: two-task }', outputs).train;
    const saidTo = (messages: Example['messages'] | undefined) =>
      messages?.flatMap(({ content }) =>
        content.map((part) => (part.type === 'text' ? part.text : '«image»')),
      );
    const [question] = saidTo(first?.messages) ?? [];
    assert.deepEqual(saidTo(first?.answer_messages), [
      `${question}\n\nAnswer with the letter of the correct choice and nothing else.`,
    ]);
    const atOnce = PROMPT.text.replace('format: stages', 'format: letter, strategy: zero-shot');
    assert.throws(
      () => examples('target: solution\nobjective: { kind: two-task }', null, {}, atOnce),
      /The prompt plain asks for the letter alone, and "two-task" asks for that as a task of its own/,
    );
  });

  it('leaves out what cannot be learnt and says why, and refuses to learn nothing', () => {
    const change = { r2: { solution: ' ' }, r3: { answer: 9 } };
    const { train, leftOut } = examples('target: solution-answer', null, change);
    assert.deepEqual(
      train.map(({ id }) => id),
      ['r4', 'r5'],
    );
    assert.deepEqual(leftOut, [
      '1 record left out: the solution is empty.',
      '1 record left out: there is no gold answer.',
    ]);
    assert.throws(
      () => examples('target: rationale', []),
      /There is nothing to learn from in problems\.json\. 4 records left out/,
    );
  });

  it('leaves out what the teacher always has right, and what it hardly ever has, where that is asked for', () => {
    const samples = (id: string, letters: string) =>
      letters.split('').map((letter) => said(id, rationale(letter)));
    const outputs = [
      ...samples('r2', 'BBBB'),
      ...samples('r3', 'ABBA'),
      ...samples('r4', 'AAAA'),
      ...samples('r5', 'AAAB'),
    ];
    const kept = (rates: string, from: readonly TeacherOutput[] = outputs) => {
      const data = `dataset: d, split: test, filter: { pass_rate: ${rates} }`;
      const { train } = examples('target: rationale', from, {}, PROMPT.text, data);
      return new Set(train.map(({ id }) => id));
    };
    assert.deepEqual(kept('[0.3, 0.9]'), new Set(['r3']));
    assert.deepEqual(kept('[0.1, 1]'), new Set(['r2', 'r3', 'r5']));
    // A side file says it of all samples, of which it holds one.
    const side = [
      { ...said('r2', rationale('B')), passRate: 0.5 },
      { ...said('r3', rationale('B')), passRate: 1 },
    ];
    assert.deepEqual(kept('[0.3, 0.9]', side), new Set(['r2']));
    assert.throws(
      () =>
        examples(
          'target: answer',
          null,
          {},
          PROMPT.text,
          'dataset: d, split: test, filter: { pass_rate: [0, 1] }',
        ),
      /goes by the outputs of a teacher: name its run or its outputs under `teacher`\.$/,
    );
  });

  it('is held against the gold answer where the teacher has no rationale for a record to evaluate', () => {
    const { evaluation } = examples('target: rationale', [
      said('r0', rationale('B')),
      said('r2', rationale('B')),
    ]);
    assert.deepEqual(
      evaluation.map(({ id, target }) => [id, target]),
      [
        ['r0', rationale('B')],
        ['r1', '<CONCLUSION>B</CONCLUSION>'],
      ],
    );
  });
});

describe('What a student writes while it learns', () => {
  it('is judged as every output is', () => {
    const { evaluation } = examples('target: answer');
    const wrong = rationale('B', 'The answer is not 1.');
    const text = [
      { id: 'r0', output: rationale('B'), tokens: 40 },
      { id: 'r1', output: wrong, tokens: 40 },
      { id: 'gone', output: 'x', tokens: 1 },
    ]
      .map((line) => JSON.stringify(line))
      .join('\n');
    const { samples, scores } = judgeSamples(`${text}\nhalf a li`, evaluation);
    assert.deepEqual(
      samples.map(({ id, verdict, letter, gold }) => [id, verdict, letter, gold]),
      [
        ['r0', 'correct', 'B', 'B'],
        ['r1', 'correct', 'B', 'B'],
      ],
    );
    assert.deepEqual(scores, { n: 2, correct: 2, mapped: 2, contradictions: 1, staged: 2 });
  });
});

describe('The history of a run', () => {
  const event = (type: string, fields: object = {}) =>
    parseEvent(JSON.stringify({ v: 1, time: '2026-01-01T00:00:00Z', type, ...fields }));
  const history = (...events: ReturnType<typeof event>[]) => {
    const all = new TrainingHistory();
    for (const one of events) if (one) all.add(one);
    return all;
  };
  const step = (n: number, loss = 1) => event('step', { step: n, loss, seconds: 0.5 });

  it('has each step once, as it was done last', () => {
    const all = history(
      ...[event('started', { steps: 5 }), step(1), step(2), event('evaluation', { step: 2 }), step(3, 9)],
      ...[event('preflight'), event('started', { steps: 5, resumed_from: 'step-2' }), step(3, 7), step(4)],
    );
    assert.deepEqual(
      all.steps.map(({ step: n, loss }) => [n, loss]),
      [
        [1, 1],
        [2, 1],
        [3, 7],
        [4, 1],
      ],
    );
    assert.equal(all.evaluations.length, 1);
    assert.equal(all.rate, 2);
    assert.equal(all.secondsLeft, 0.5);
  });

  it('tells how far the work before the first step is, and how long it takes', () => {
    const at = (second: number, what: string, done: number) =>
      parseEvent(
        JSON.stringify({
          ...{ v: 1, time: new Date(1e12 + 1000 * second).toISOString() },
          ...{ type: 'progress', what, done, total: 640 },
        }),
      );
    const features = [at(0, 'features', 64), at(8, 'features', 128)];
    assert.deepEqual(history(features[0] ?? null).preparation, {
      ...{ what: 'image features', unit: 'images', done: 64, total: 640, rate: null, secondsLeft: null },
    });
    assert.deepEqual(history(...features).preparation, {
      ...{ what: 'image features', unit: 'images', done: 128, total: 640, rate: 8, secondsLeft: 64 },
    });
    const { what, rate } = history(...features, at(9, 'teacher', 64)).preparation ?? {};
    assert.deepEqual([what, rate], ['the teacher’s token probabilities', null]);
    const others = { ...(at(9, 'features', 64) as Progress), total: 320 };
    assert.equal(history(...features, others).preparation?.rate, null);
    assert.equal(history(at(0, 'features', 640)).preparation, null);
    assert.equal(history(...features, event('started', { steps: 5 })).preparation, null);
    assert.equal(history(...features, event('stopped')).preparation, null);
  });

  it('tells what the run is doing', () => {
    const begun = [event('preflight'), event('started', { steps: 5 })];
    assert.equal(stateOf(history(), false, false), 'new');
    assert.equal(stateOf(history(event('preflight')), false, false), 'checked');
    assert.equal(stateOf(history(...begun), true, true), 'running');
    assert.equal(stateOf(history(...begun), false, true), 'interrupted');
    // Looked at again, it is as far as it was.
    assert.equal(stateOf(history(...begun, event('preflight')), false, false), 'interrupted');
    for (const before of [[], [event('preflight')]]) {
      assert.equal(stateOf(history(...before), false, true), 'interrupted');
    }
    assert.equal(stateOf(history(...begun, event('failed', { message: 'x' })), false, true), 'failed');
    assert.equal(stateOf(history(...begun, event('stopped'), ...begun), false, true), 'interrupted');
  });

  it('passes over lines of newer trainers and lines that are none', () => {
    for (const line of ['', 'x', 'null', '{"v":2,"type":"step"}', '{"v":1,"type":"other"}', '{"v":1']) {
      assert.equal(parseEvent(line), null, line);
    }
  });

  it('is read as it is written, half lines and lines that a kill cut off included', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rationale-events-'));
    try {
      const path = join(folder, 'events.jsonl');
      const events = new RunEvents(folder);
      const line = (n: number) =>
        `${JSON.stringify({ v: 1, time: '', type: 'step', step: n, seconds: 1, näme: 'ß' })}\n`;
      const steps = () => events.read().map((one) => (one as Step).step);
      assert.deepEqual(steps(), []);
      writeFileSync(path, line(1) + line(2).slice(0, 20));
      assert.deepEqual(steps(), [1]);
      appendFileSync(path, line(2).slice(20));
      assert.deepEqual(steps(), [2]);
      appendFileSync(path, line(3).slice(0, 9));
      assert.deepEqual(steps(), []);
      truncateSync(path, Buffer.byteLength(line(1) + line(2)));
      assert.deepEqual(steps(), []);
      appendFileSync(path, line(3) + line(4));
      assert.deepEqual(steps(), [3, 4]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('The Python that trains', () => {
  it('is looked for in the setting alone, or else in the editor’s choice, VIRTUAL_ENV, .venv, our own, the PATH', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rationale-python-'));
    try {
      const own = process.execPath;
      const choice = { named: null, offered: ['/editor/python'], from: [folder], own: '/no/such' };
      assert.deepEqual(candidates({ ...choice, named: own }, {}), [own]);
      assert.deepEqual(candidates(choice, { VIRTUAL_ENV: '/gone', PATH: folder }), ['/editor/python']);
      writeFileSync(join(folder, 'python3'), '');
      assert.deepEqual(candidates(choice, { PATH: folder }), ['/editor/python', join(folder, 'python3')]);
      // Beside or above the recipe, or the workspace's folders; the run's own goes before.
      const [recipes, workspace] = ['a/recipes', 'b'].map((name) => join(folder, name)) as [string, string];
      mkdirSync(recipes, { recursive: true });
      const venvs = [folder, workspace].map((place) => pythonIn(join(place, '.venv'))) as [string, string];
      for (const python of venvs) {
        mkdirSync(dirname(python), { recursive: true });
        writeFileSync(python, '');
      }
      const near = { ...choice, offered: [], from: [recipes, workspace] };
      assert.deepEqual(candidates(near, { PATH: '' }), venvs);
      assert.deepEqual(candidates({ ...near, before: '/own' }, { PATH: '' }), ['/own', ...venvs]);
      assert.deepEqual(candidates({ ...near, named: own, before: '/own' }, { PATH: '' }), [own, '/own']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
