import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { checkOutput } from '../../server/src/core/annotations/engine.ts';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import type { OutputContext, OutputRule, RuleSettings } from '../../server/src/core/annotations/types.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import { STAGE_NAMES, type StageName } from '../../server/src/core/rationales/types.ts';
import type { DatasetRecord, FieldSource, RecordSource } from '../../server/src/core/records/types.ts';

interface Case {
  it: string;
  output: string;
  says?: string;
  quotes?: string[];
  fix?: string;
  threshold?: number;
  question?: string;
  solution?: string;
  opinions?: OutputContext['opinions'];
  alone?: boolean;
  format?: OutputContext['format'];
  /** That were asked for, in order; all four where this is absent. */
  stages?: StageName[];
  choices?: string[];
  gold?: number | null;
  finish?: Prediction['finishReason'];
  tokens?: number;
  error?: string;
}

const CASES = new URL('../cases/outputs/', import.meta.url);
const OUTPUT_RULES = RULES.filter((rule): rule is OutputRule => rule.scope === 'output');

/** A record's source, with the value of each field where `JSON.stringify` put it. */
function sourceOf(fields: {
  question: string;
  choices: string[];
  answer: number | null;
  solution: string;
}): RecordSource & { text: string } {
  const text = `"1": ${JSON.stringify(fields)}`;
  const places = new Map<string, FieldSource>();
  for (const [name, value] of Object.entries(fields)) {
    const start = text.indexOf(`"${name}":`) + name.length + 3;
    places.set(name, { value: { start, end: start + JSON.stringify(value).length } });
  }
  const record = { id: '1', hint: '', lecture: '', ...fields } as unknown as DatasetRecord;
  return {
    record,
    span: { start: 0, end: text.length },
    idSpan: { start: 0, end: 3 },
    fields: places,
    problems: [],
    answerText: String,
    text,
  };
}

function contextOf(input: Case): OutputContext & { source: { text: string } } {
  const { choices = ['attract', 'repel'], gold = 0, format = 'stages' } = input;
  const source = sourceOf({
    question: input.question ?? 'Will these magnets attract or repel each other?',
    choices,
    answer: gold,
    solution: input.solution ?? '',
  });
  const output = input.output.replaceAll(/[⟦⟧]/g, '');
  const prediction = {
    key: 'k',
    output,
    finishReason: input.finish ?? 'stop',
    usage: { promptTokens: 30, imageTokens: 37, outputTokens: input.tokens ?? 12 },
    error: input.error,
  } as const;
  const judgement = judge({
    recordId: '1',
    choices,
    answer: gold,
    prediction,
    rationale: parseRationale(output),
  });
  return {
    source,
    prediction,
    judgement,
    model: 'student',
    format,
    stages: input.stages ?? STAGE_NAMES,
    opinions: input.opinions,
  };
}

const speak = (rule: OutputRule, context: OutputContext, threshold = rule.threshold?.default ?? 0) => [
  ...rule.check(context, threshold),
];
const speaking = (context: OutputContext) =>
  OUTPUT_RULES.filter((rule) => speak(rule, context).length > 0).map((rule) => rule.id);

/** The marked characters, as offsets of the output without the marks. */
function markedSpan(output: string): { start: number; end: number } {
  const start = output.indexOf('⟦');
  return { start, end: output.indexOf('⟧') - 1 };
}

for (const rule of OUTPUT_RULES) {
  describe(`The rule ${rule.id}`, () => {
    const cases: Case[] = parse(readFileSync(new URL(`${rule.id}.yaml`, CASES), 'utf8'));

    it('has cases that it speaks on and cases that it passes over', () => {
      assert.ok(cases.some((c) => c.says) && cases.some((c) => !c.says));
    });

    for (const input of cases) {
      it(`${input.says ? 'finds' : 'passes over'} ${input.it}`, () => {
        const context = contextOf(input);
        const reports = speak(rule, context, input.threshold);
        assert.deepEqual(
          reports.map((report) => report.message),
          input.says ? [input.says] : [],
        );
        if (input.alone) assert.deepEqual(speaking(context), input.says ? [rule.id] : []);
        const [report] = reports;
        if (!report) return;
        const { output } = context.prediction;
        const span = report.outputSpan ?? { start: 0, end: 0 };
        if (output.trim() !== '')
          assert.deepEqual(span, markedSpan(input.output), output.slice(span.start, span.end));
        const whole = output.slice(span.start, span.end).replace(/\s+/g, ' ');
        for (const quoted of input.quotes ?? (whole ? [whole.slice(0, 60)] : []))
          assert.ok(
            report.evidence?.includes(quoted),
            `${JSON.stringify(report.evidence)} does not quote ${quoted}`,
          );
        const field = report.field ?? 'question';
        const { text, fields } = context.source as typeof context.source & RecordSource;
        assert.deepEqual(
          report.span,
          fields.get(field)?.value,
          `the finding is not on the ${field}: ${text}`,
        );
        assert.deepEqual(
          (report.fixes ?? []).map((fix) => fix.title),
          input.fix ? [input.fix] : [],
        );
      });
    }
  });
}

describe('The output rules', () => {
  it('have one case file each, and no file is left over', () => {
    const files = readdirSync(CASES).filter((name) => name.endsWith('.yaml'));
    assert.deepEqual(files.sort(), OUTPUT_RULES.map((rule) => `${rule.id}.yaml`).sort());
  });

  it('are named after what they are exported as, with pages that say something', () => {
    for (const { docs, id } of OUTPUT_RULES) {
      for (const text of Object.values(docs)) assert.ok(text.length > 0, `${id} has an empty page`);
      assert.match(docs.what, /\.$/, id);
    }
  });

  it('take severity and threshold from the settings, within what the rule allows', () => {
    const context = contextOf({ it: '', output: 'They attract attract attract attract attract attract.' });
    const found = (settings: RuleSettings) =>
      checkOutput(context, settings)
        .filter(({ rule }) => rule === 'repetition')
        .map(({ severity }) => severity);
    assert.deepEqual(found({}), ['warning']);
    assert.deepEqual(found({ repetition: { severity: 'hint' } }), ['hint']);
    assert.deepEqual(found({ repetition: { threshold: 5 } }), []);
    assert.deepEqual(found({ repetition: { severity: 'off', threshold: 3 } }), []);
    // A sentence cannot be a loop at once: 0 counts as the least that is allowed.
    assert.deepEqual(found({ repetition: { threshold: 0 } }), ['warning']);
  });

  it('set the gold answer where it is written, and nowhere else', () => {
    const context = contextOf({ it: '', output: 'B' });
    const [report] = speak(OUTPUT_RULES.find((rule) => rule.id === 'wrong-answer')!, context);
    const [edit] = report!.fixes![0]!.edits;
    const { text } = context.source;
    const fixed = text.slice(0, edit!.span.start) + edit!.newText + text.slice(edit!.span.end);
    assert.equal(fixed, text.replace('"answer":0', '"answer":1'));
    assert.notEqual(report!.fixes![0]!.preferred, true);
  });

  it('take any output, and their findings stand in the record', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc.constantFrom(
        '<SUMMARY>',
        '</SUMMARY>',
        '<CONCLUSION>',
        'B',
        '</CONCLUSION>',
        'the answer is ',
        'a b ',
        'The magnets repel. ',
        '{"answer": "B", "solution": "',
        '"}',
        '<|im_end|>',
        'USER: ',
        '磁铁',
        'I cannot see the image. ',
        '.',
        '\n',
      ),
    );
    const output = fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join(''));
    const finish = fc.constantFrom('stop' as const, 'length' as const, 'error' as const, 'unknown' as const);
    const format = fc.constantFrom('stages' as const, 'json' as const, 'letter' as const);
    fc.assert(
      fc.property(output, finish, format, (text, finishReason, asked) => {
        const context = contextOf({ it: '', output: text, finish: finishReason, format: asked });
        for (const rule of OUTPUT_RULES) {
          for (const { span, message, outputSpan } of speak(rule, context)) {
            assert.ok(0 <= span.start && span.start < span.end && span.end <= context.source.text.length);
            const { start, end } = outputSpan ?? { start: 0, end: 0 };
            const isAboutText = text.trim() !== '' && rule.id !== 'failed-request';
            assert.ok(!isAboutText || (0 <= start && start < end && end <= text.length), rule.id);
            assert.ok(
              message.length < 400 && !message.includes('undefined') && !message.includes('\n'),
              message,
            );
          }
        }
      }),
    );
  }).timeout(20_000);
});
