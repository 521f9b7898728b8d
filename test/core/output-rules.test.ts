import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import type { OutputContext, OutputRule } from '../../server/src/core/annotations/types.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { DatasetRecord, FieldSource, RecordSource } from '../../server/src/core/records/types.ts';

interface Case {
  it: string;
  output: string;
  says?: string;
  fix?: string;
  alone?: boolean;
  format?: OutputContext['format'];
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
}): RecordSource & { text: string } {
  const text = `"1": ${JSON.stringify(fields)}`;
  const places = new Map<string, FieldSource>();
  for (const [name, value] of Object.entries(fields)) {
    const start = text.indexOf(`"${name}":`) + name.length + 3;
    places.set(name, { value: { start, end: start + JSON.stringify(value).length } });
  }
  const record = { id: '1', ...fields } as unknown as DatasetRecord;
  return {
    record,
    span: { start: 0, end: text.length },
    idSpan: { start: 0, end: 3 },
    fields: places,
    problems: [],
    text,
  };
}

function contextOf(input: Case): OutputContext & { source: { text: string } } {
  const { choices = ['attract', 'repel'], gold = 0, format = 'stages' } = input;
  const source = sourceOf({
    question: 'Will these magnets attract or repel each other?',
    choices,
    answer: gold,
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
  return { source, prediction, judgement, model: 'student', format };
}

const speaking = (context: OutputContext) =>
  OUTPUT_RULES.filter((rule) => [...rule.check(context)].length > 0).map((rule) => rule.id);

for (const rule of OUTPUT_RULES) {
  describe(`The rule ${rule.id}`, () => {
    const cases: Case[] = parse(readFileSync(new URL(`${rule.id}.yaml`, CASES), 'utf8'));

    it('has cases that it speaks on and cases that it passes over', () => {
      assert.ok(cases.some((c) => c.says) && cases.some((c) => !c.says));
    });

    for (const input of cases) {
      it(`${input.says ? 'finds' : 'passes over'} ${input.it}`, () => {
        const context = contextOf(input);
        const reports = [...rule.check(context)];
        assert.deepEqual(
          reports.map((report) => report.message),
          input.says ? [input.says] : [],
        );
        if (input.alone) assert.deepEqual(speaking(context), input.says ? [rule.id] : []);
        const [report] = reports;
        if (!report) return;
        for (const [, marked = ''] of input.output.matchAll(/⟦(.*?)⟧/gs)) {
          const piece = marked.replace(/\s+/g, ' ').trim();
          assert.ok(
            report.evidence?.includes(piece),
            `${JSON.stringify(report.evidence)} does not quote ${piece}`,
          );
        }
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

  it('set the gold answer where it is written, and nowhere else', () => {
    const context = contextOf({ it: '', output: 'B' });
    const [report] = OUTPUT_RULES.find((rule) => rule.id === 'wrong-answer')!.check(context);
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
          for (const { span, message } of rule.check(context)) {
            assert.ok(0 <= span.start && span.start < span.end && span.end <= context.source.text.length);
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
