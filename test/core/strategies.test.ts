import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderRecord } from '../../server/src/core/pipeline/prompty.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { OUTPUT_FORMATS } from '../../server/src/core/prompts/formats/index.ts';
import { STRATEGIES } from '../../server/src/core/prompts/strategies/index.ts';
import type { Message } from '../../server/src/core/prompts/types.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { DatasetRecord, ImageFacts, RecordSource } from '../../server/src/core/records/types.ts';

const cases = resolve(import.meta.dirname, '../cases/prompts/strategies');

const MAGNETS = {
  question: 'Will these magnets attract or repel?',
  choices: ['attract', 'repel'],
  answer: 1,
  hint: 'Look at the poles.',
  image: 'image.png',
  task: 'closed choice',
  subject: 'natural science',
  topic: 'physics',
  lecture: 'Opposite poles attract.',
  solution: 'N faces N. Like poles repel.',
  split: 'test',
};
const RECORDS = {
  magnets: MAGNETS,
  force: {
    ...MAGNETS,
    question: 'What pulls a ball down?',
    choices: ['gravity', 'light'],
    answer: 0,
    image: null,
    hint: '',
    solution: 'The Earth pulls on everything. That is gravity.',
    split: 'train',
  },
  lever: {
    ...MAGNETS,
    question: 'Where does a lever turn?',
    choices: ['at its load', 'at its fulcrum'],
    image: null,
    hint: '',
    solution: 'A lever turns about its fulcrum.',
    split: 'train',
  },
  cells: { ...MAGNETS, question: 'What has a nucleus?', topic: 'biology', image: null, split: 'train' },
};

function open(records: object = RECORDS): Pipeline {
  const image = (record: DatasetRecord): ImageFacts =>
    record.image === null
      ? { state: 'none' }
      : { state: 'ok', path: `/data/${record.image}`, width: 8, height: 8, bytes: 9, digest: record.image };
  const document = DatasetDocument.create(JSON.stringify(records));
  return new Pipeline(document, { path: '/data/problems.json', image, splits: null, rules: {} }, null);
}

const sourceOf = ({ document }: Pipeline, id: string) =>
  document.chunks[document.find(id) as number]?.source as RecordSource;

const TEMPLATE = `user:
{% if image %}
![image]({{ image }})
{% endif %}
Question: {{ question }}
Choices: {% for choice in choices %}({{ letters[loop.index0] }}) {{ choice }}{% if not loop.last %} {% endif %}{% endfor %}
`;
const promptFile = (front: object, template = TEMPLATE) => ({
  name: 'test',
  text: `---\n${JSON.stringify({ metadata: { rationale: front } })}\n---\n${template}`,
});

const textOf = (messages: readonly Message[]) =>
  messages
    .map(({ role, content }) =>
      [
        `=== ${role}`,
        ...content.map((part) => (part.type === 'text' ? part.text : `[image ${part.path}]`)),
      ].join('\n'),
    )
    .join('\n');

function render(front: object, id = 'magnets', pipeline = open(), template = TEMPLATE): string {
  const { before, messages } = renderRecord(promptFile(front, template), sourceOf(pipeline, id), pipeline);
  const queries = before.map(({ query, messages: asked }) => `### ${query}\n${textOf(asked)}`);
  return [...queries, ...(before.length > 0 ? ['### answer'] : []), textOf(messages)].join('\n');
}

describe('Strategies', () => {
  for (const { id: strategy } of STRATEGIES) {
    it(`ask for the answer as in ${strategy}.txt, in every format and order`, () => {
      const sections = OUTPUT_FORMATS.flatMap(({ id: format }) =>
        ['answer-last', 'answer-first'].map((order) => {
          const asked = render({ strategy, format, order });
          return { title: `${format}, ${order}`, asked };
        }),
      );
      // Where nothing but the answer is written, it has no order.
      const text = sections
        .filter(({ asked }, i) => sections.findIndex((other) => other.asked === asked) === i)
        .map(({ title, asked }) => `##### ${title}\n${asked}\n`)
        .join('\n');
      const path = join(cases, `${strategy}.txt`);
      if (process.env.WRITE_GOLDENS) writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'));
    });
  }

  it('leave a prompt file that names none as it is', () => {
    assert.equal(
      render({}),
      '=== user\n[image /data/image.png]\nQuestion: Will these magnets attract or repel?\nChoices: (A) attract (B) repel',
    );
  });

  it('add to the system message that the prompt file has', () => {
    const asked = render({ strategy: 'svrd-stages' }, 'magnets', open(), `system:\nBe kind.\n\n${TEMPLATE}`);
    assert.match(asked, /^=== system\nBe kind\.\n\nYou answer multiple-choice/);
  });

  it('that no prompt file can name are refused with the nearest name', () => {
    assert.throws(
      () => render({ strategy: 'chain-of-thoughts' }),
      /"strategy" is "chain-of-thoughts"; it must be one of zero-shot, chain-of-thought/,
    );
  });
});

describe('Demonstrations', () => {
  const shownIn = (front: object, id: string, records: object = RECORDS) => {
    const pipeline = open(records);
    return renderRecord(promptFile(front), sourceOf(pipeline, id), pipeline).demonstrations;
  };

  it('come from the topic of the record, then from its subject', () => {
    assert.deepEqual(shownIn({ strategy: 'few-shot' }, 'magnets').toSorted(), ['force', 'lever']);
    assert.deepEqual(shownIn({ strategy: 'few-shot', demonstrations: { count: 3 } }, 'magnets')[2], 'cells');
  });

  it('are never the record itself, nor one that is like it, when it is in the split itself', () => {
    assert.ok(!shownIn({ strategy: 'few-shot' }, 'lever').includes('lever'));
    const copies = {
      ...RECORDS,
      // The same but for white space, and but for a name.
      copy: { ...RECORDS.lever, question: 'Where  does a lever turn?' },
      near: {
        ...RECORDS.lever,
        question: 'On the long wooden board in the picture of the playground, where does the lever turn?',
      },
      nearer: {
        ...RECORDS.lever,
        question: 'On the long wooden board in the picture of the playground, where does a lever turn?',
        split: 'test',
      },
    };
    for (const seed of [0, 1, 2, 3]) {
      const front = { strategy: 'few-shot', demonstrations: { count: 3, seed } };
      assert.deepEqual(
        shownIn(front, 'copy', copies).filter((id) => ['copy', 'lever'].includes(id)),
        [],
      );
      assert.ok(!shownIn(front, 'nearer', copies).includes('near'));
    }
  });

  it('come from the split that is named alone, and are as many as are asked for, or none are shown at all', () => {
    assert.throws(
      () => shownIn({ strategy: 'few-shot', demonstrations: { count: 5 } }, 'magnets'),
      /shows 5 solved records, and the split "train" has only 3 for record magnets/,
    );
    assert.throws(
      () => shownIn({ strategy: 'few-shot', demonstrations: { split: 'val' } }, 'magnets'),
      /the split "val" has only 0/,
    );
  });

  it('are others with another seed, and the same for every record of a topic', () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [
        `r${i}`,
        {
          ...RECORDS.force,
          question: `What is made of ${'abcdefghijklmnopqrstuvwxyz+-*/'[i]} ${i}?`,
          split: i < 20 ? 'train' : 'test',
        },
      ]),
    );
    const front = (seed: number) => ({ strategy: 'few-shot', demonstrations: { count: 4, seed } });
    assert.deepEqual(shownIn(front(1), 'r25', many), shownIn(front(1), 'r26', many));
    assert.notDeepEqual(shownIn(front(1), 'r25', many), shownIn(front(2), 'r25', many));
  });

  it('show the answer by the template for it', () => {
    const asked = render({
      demonstrations: { count: 1, answer: 'The answer is {{ answer_letter }}. BECAUSE: {{ solution }}' },
    });
    assert.match(asked, /=== assistant\nThe answer is [AB]\. BECAUSE: (The Earth|A lever)/);
  });

  it('go with no strategy that writes what records do not hold', () => {
    assert.throws(
      () => render({ strategy: 'svrd-stages', demonstrations: { count: 2 } }),
      /takes no demonstrations: records hold no summary/,
    );
  });

  it('follow the records: one that is edited is shown as it now stands', () => {
    const pipeline = open();
    const front = { strategy: 'few-shot' };
    const before = render(front, 'magnets', pipeline);
    const { text } = pipeline.document;
    pipeline.document.edit({ text: text.replace('What pulls a ball down?', 'What pulls an apple down?') });
    assert.match(before, /What pulls a ball down/);
    assert.match(render(front, 'magnets', pipeline), /What pulls an apple down/);
  });
});
