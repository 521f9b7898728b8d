import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerHints } from '../../server/src/core/annotations/hints.ts';
import { recordHover } from '../../server/src/core/annotations/hover.ts';
import { escapeMarkdown } from '../../server/src/core/annotations/markdown.ts';
import type { ModelResult } from '../../server/src/core/annotations/results.ts';
import type { Finding } from '../../server/src/core/annotations/types.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { DatasetRecord, RecordSource } from '../../server/src/core/records/types.ts';

const record = {
  id: '7',
  question: 'Will these magnets attract or repel each other?',
  choices: ['attract', 'repel'],
  answer: 0,
  hint: 'Ana holds *two* magnets.',
} as unknown as DatasetRecord;

const source: RecordSource = {
  record,
  span: { start: 0, end: 100 },
  idSpan: { start: 0, end: 3 },
  fields: new Map([['answer', { value: { start: 80, end: 81 } }]]),
  problems: [],
  answerText: String,
};

function result(
  role: ModelResult['role'],
  output: string,
  rules: readonly string[] = [],
  change: Partial<Prediction> = {},
): ModelResult {
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  const prediction: Prediction = { key: 'k', output, finishReason: 'stop', usage, ...change };
  const { id, choices, answer } = record;
  return {
    model: `sketchbook-${role}`,
    role,
    prediction,
    judgement: judge({ recordId: id, choices, answer, prediction, rationale: parseRationale(output) }),
    findings: rules.map((rule) => ({ rule, message: `${rule} <here>` }) as Finding),
  };
}

const ruleLink = (rule: string) => `https://example.org/${rule}.md`;

describe('The hover of a record', () => {
  it('and the hint say how many samples agree', () => {
    const vote = { choice: 1, votes: 5, samples: 8, agreement: 5 / 8 };
    const voted = { ...result('student', 'The answer is B.'), vote };
    const hover = recordHover({ source, imageUri: null, results: [voted], ruleLink });
    assert.match(hover, /B \(repel\), wrong; 5 of 8 samples say so/);
    assert.equal(answerHints(source, [voted])[0]?.label, 'student B ✗ 5/8');
  });

  it('shows image, question, choices with the gold one, and what each model makes of it', () => {
    const hover = recordHover({
      source,
      imageUri: 'file:///data/images/7/image%20(1).png',
      results: [
        result('teacher', '<SUMMARY>Compare.</SUMMARY><CONCLUSION>A</CONCLUSION>'),
        result('student', 'The answer is B.', ['wrong-answer']),
      ],
      ruleLink,
    });
    assert.equal(
      hover,
      [
        '![](file:///data/images/7/image%20%281%29.png|width=120)',
        '**Will these magnets attract or repel each other?**',
        '*Hint:* Ana holds \\*two\\* magnets.',
        '- **A · attract** ← gold\n- B · repel',
        '---',
        '**sketchbook-teacher · teacher** ✓ A (attract), correct — read from the conclusion stage',
        '- *summary:* Compare.\n- *conclusion:* A',
        '---',
        '**sketchbook-student · student** ✗ B (repel), wrong — read from a labelled line',
        '- *output:* The answer is B.\n- ⚠ wrong-answer \\<here\\> [wrong-answer](https://example.org/wrong-answer.md)',
      ].join('\n\n'),
    );
  });

  it('does without what is not there', () => {
    const bare = { ...source, record: { ...record, question: '', hint: '', choices: [], answer: null } };
    assert.equal(recordHover({ source: bare, imageUri: null, results: [], ruleLink }), '');
  });

  it('says what became of a request that failed', () => {
    const failed = result('other', '', [], { finishReason: 'error', error: 'The model host died.' });
    const hover = recordHover({ source, imageUri: null, results: [failed], ruleLink });
    assert.ok(hover.endsWith('---\n\n**sketchbook-other** ! The model host died.'), hover);
  });
});

describe('Data in Markdown', () => {
  it('stays what it is', () => {
    assert.equal(
      escapeMarkdown('<img src=x> **a** [b](c) `d`'),
      '\\<img src=x\\> \\*\\*a\\*\\* \\[b\\](c) \\`d\\`',
    );
    assert.equal(escapeMarkdown('1. one\n# two'), '1\\. one \\# two');
    assert.equal(escapeMarkdown('- x'), '\\- x');
    assert.equal(escapeMarkdown('http://a.b and www.c.d'), 'http\\://a.b and www\\.c.d');
  });

  it('never begins a line or leaves a tag open, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeMarkdown(text);
        assert.doesNotMatch(escaped, /\n/);
        assert.doesNotMatch(escaped.replace(/\\./gs, ''), /[<>[\]`*_|]/);
      }),
    );
  }).timeout(20_000);
});

describe('The hint behind the answer', () => {
  it('names each model by its role, with letter and verdict', () => {
    const results = [result('teacher', 'A'), result('student', 'B'), result('base', 'no idea')];
    assert.deepEqual(answerHints(source, results), [
      {
        offset: 81,
        label: 'teacher A ✓  student B ✗  base ?',
        tooltip:
          'sketchbook-teacher: A (attract), correct\nsketchbook-student: B (repel), wrong\nsketchbook-base: no choice can be read',
      },
    ]);
  });

  it('uses the names of models that share a role', () => {
    const other = { ...result('student', 'A'), model: 'tiny' };
    assert.equal(
      answerHints(source, [result('student', 'A'), other])[0]?.label,
      'sketchbook-student A ✓  tiny A ✓',
    );
  });

  it('is none when no model was asked', () => {
    assert.deepEqual(answerHints(source, []), []);
  });
});
