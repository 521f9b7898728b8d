import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

/** The stages as a reader would list them: name, text, and whether it is closed. */
function outline(output: string): string[] {
  return parseRationale(output).stages.map((s) => `${s.name}${s.closeTag ? '' : ' (unclosed)'}: ${s.text}`);
}

describe('parseRationale', () => {
  it('takes the four stages of a well-formed output', () => {
    const output =
      '<SUMMARY>Compare the poles.</SUMMARY>\n\n<CAPTION>N faces S.</CAPTION>\n' +
      '<REASONING>Opposite poles attract.</REASONING><CONCLUSION>B</CONCLUSION>';
    assert.deepEqual(outline(output), [
      'summary: Compare the poles.',
      'caption: N faces S.',
      'reasoning: Opposite poles attract.',
      'conclusion: B',
    ]);
  });

  it('ends an unclosed stage at the next tag, or at the end', () => {
    assert.deepEqual(outline('<SUMMARY>Look. <CAPTION>A map.</CAPTION><REASONING>Because'), [
      'summary (unclosed): Look.',
      'caption: A map.',
      'reasoning (unclosed): Because',
    ]);
  });

  it("does not take another stage's closing tag for its own", () => {
    assert.deepEqual(outline('<CAPTION>A map.</REASONING> left over'), ['caption (unclosed): A map.']);
  });

  it('reads tags in any case, with inner blanks, and escaped as JSON escapes them', () => {
    assert.deepEqual(outline(String.raw`{"text": "<conclusion>B<\/conclusion>"} < Caption >x</ CAPTION >`), [
      'conclusion: B',
      'caption: x',
    ]);
  });

  it('keeps every repeat in the order of the text and names the first', () => {
    const output = '<CONCLUSION>A</CONCLUSION><SUMMARY>s</SUMMARY><CONCLUSION>B</CONCLUSION>';
    assert.deepEqual(outline(output), ['conclusion: A', 'summary: s', 'conclusion: B']);
    assert.equal(parseRationale(output).byName.conclusion?.text, 'A');
  });

  it('leaves JSON inside a stage as it is', () => {
    assert.deepEqual(outline('<CONCLUSION>\n{"answer": "B"}\n</CONCLUSION>'), [
      'conclusion: {"answer": "B"}',
    ]);
  });

  it('finds nothing in an output without tags', () => {
    assert.deepEqual(parseRationale('The answer is <b>B</b>.'), { stages: [], byName: {} });
  });

  it('takes any string, and its spans hold what it says', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '<SUMMARY>',
        '</SUMMARY>',
        '<CONCLUSION>',
        '</conclusion>',
        '<',
        '</',
        '\\/',
        ' ',
        '{"a":',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const output = pieces.join('');
        let end = 0;
        for (const stage of parseRationale(output).stages) {
          assert.equal(output.slice(stage.span.start, stage.span.end), stage.text);
          assert.match(output.slice(stage.openTag.start, stage.openTag.end), /^<\s?\w+\s?>$/);
          assert.ok(end <= stage.openTag.start && stage.openTag.end <= stage.span.start);
          if (stage.closeTag) assert.ok(stage.span.end <= stage.closeTag.start);
          end = stage.closeTag?.end ?? stage.span.end;
        }
      }),
    );
  }).timeout(20_000);
});
