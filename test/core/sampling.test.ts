import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodingOf, decodingWords } from '../../server/src/core/decoding.ts';
import { formOf, written } from '../../server/src/core/grammars/forms.ts';
import type { Judgement } from '../../server/src/core/judgements/types.ts';
import { vote } from '../../server/src/core/judgements/vote.ts';
import type { ModelCard } from '../../server/src/core/models/types.ts';
import { constraintOf, refuseUnheld } from '../../server/src/core/pipeline/constraints.ts';
import type { Asking } from '../../server/src/core/prompts/compose.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { scienceqaPrompt } from '../../server/src/core/prompts/scienceqa.ts';
import type { OutputFormat } from '../../server/src/core/prompts/types.ts';
import { predictionKey, runId } from '../../server/src/core/store/keys.ts';

/** A judgement that names a choice; `!` behind it: its reasoning contradicts it; `-`: none; `x`: the request failed. */
function judgements(words: string): Judgement[] {
  return words.split(' ').map((word) => {
    const choice = /\d/.test(word) ? Number.parseInt(word, 10) : null;
    return {
      verdict: word === 'x' ? 'failed' : choice === null ? 'unmapped' : 'correct',
      reading: { choice },
      contradiction: word.endsWith('!'),
    } as unknown as Judgement;
  });
}

function voted(words: string) {
  const all = judgements(words);
  const { vote: result, chosen } = vote(all, (judgement) => judgement);
  return { ...result, chosen: all.indexOf(chosen) };
}

describe('the samples of a record', () => {
  it('vote for the choice that most of them name, and the first sound one of these stands for all', () => {
    assert.deepEqual(voted('1 0! 0! 0 2'), { choice: 0, votes: 3, samples: 5, agreement: 0.6, chosen: 3 });
    assert.deepEqual(voted('1! 1!'), { choice: 1, votes: 2, samples: 2, agreement: 1, chosen: 0 });
  });

  it('are settled among equals by who was named first', () => {
    assert.deepEqual(voted('2 0 0 2'), { choice: 2, votes: 2, samples: 4, agreement: 0.5, chosen: 0 });
  });

  it('lower the agreement when they fit no choice, and do not vote when their request failed', () => {
    assert.deepEqual(voted('x - 1 -'), { choice: 1, votes: 1, samples: 3, agreement: 1 / 3, chosen: 2 });
    assert.deepEqual(voted('- x'), { choice: null, votes: 0, samples: 1, agreement: 0, chosen: 0 });
    assert.deepEqual(voted('x x'), { choice: null, votes: 0, samples: 0, agreement: 0, chosen: 0 });
  });

  it('never name a choice that fewer name than another', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('0', '1', '2', '1!', '-', 'x'), { minLength: 1 }), (words) => {
        const { choice, votes } = voted(words.join(' '));
        const counts = [0, 1, 2].map((one) => words.filter((word) => word.startsWith(String(one))).length);
        assert.equal(votes, Math.max(...counts));
        if (choice !== null) assert.equal(counts[choice], votes);
      }),
    );
  });
});

describe('how tokens are chosen', () => {
  it('leaves the keys of greedy predictions and runs as they always were', () => {
    const greedy = decodingOf({ seed: 7, topP: 0.5 });
    assert.deepEqual(greedy, { maxNewTokens: 256, temperature: 0 });
    assert.equal(predictionKey('prompt', 'revision', greedy, 0), '1962a1cb4ec6391b70bebb2342016b4a');
    const identity = {
      dataset: '/d',
      model: 'm',
      revision: 'r',
      promptName: 'setting-1',
      promptText: 't',
      setting: 1,
      decoding: greedy,
      split: null,
    };
    assert.equal(runId(identity), 'm-setting-1-all-8b4179');
  });

  it('gives each sample, seed, temperature and nucleus a key of its own, whatever the number of samples', () => {
    const key = (wish: object, sample = 0) =>
      predictionKey('prompt', 'revision', decodingOf({ temperature: 0.7, ...wish }), sample);
    const keys = [
      key({}),
      key({}, 1),
      key({ seed: 1 }),
      key({ temperature: 0.8 }),
      key({ topP: 0.9 }),
      predictionKey('prompt', 'revision', decodingOf({}), 0),
    ];
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(key({ samples: 8 }, 1), key({ samples: 4 }, 1));
  });

  it('refuses samples that would all be the same, in one sentence', () => {
    assert.throws(
      () => decodingOf({ samples: 8 }),
      /^Error: At temperature 0 the 8 samples .* above 0, such as 0\.7\.$/,
    );
  });

  it('keeps what was held to a format apart from what was not', () => {
    const held = decodingOf({ constrained: true });
    const key = (choices: number) => predictionKey('p', 'r', held, 0, constraintOf(ask('letter'), choices));
    assert.notEqual(key(2), predictionKey('p', 'r', decodingOf({}), 0));
    assert.notEqual(key(2), key(3));
    assert.equal(decodingWords(held), '256 new tokens, temperature 0, held to its format');
  });

  it('is said in words', () => {
    assert.equal(decodingWords(decodingOf({ maxNewTokens: 64 })), '64 new tokens, temperature 0');
    assert.equal(
      decodingWords(decodingOf({ temperature: 0.7, samples: 8, seed: 3, topP: 0.95 })),
      '256 new tokens, temperature 0.7, top-p 0.95, seed 3, 8 samples',
    );
  });
});

describe('what an output is held to', () => {
  it('is a letter that exists, a JSON object with one, or the stages in order', () => {
    assert.deepEqual(written(constraintOf(ask('letter'), 3)), ['A', 'B', 'C']);
    assert.deepEqual(written(constraintOf(ask('json'), 2)), {
      type: 'object',
      properties: { reasoning: { type: 'string' }, answer: { type: 'string', enum: ['A', 'B'] } },
      required: ['reasoning', 'answer'],
      additionalProperties: false,
    });
    const stages = constraintOf(ask('stages'), 4);
    assert.equal(formOf(stages), 'regex');
    const pattern = new RegExp(`^${written(stages)}$`);
    const whole =
      '<SUMMARY>s</SUMMARY>\n<CAPTION>c</CAPTION><REASONING>r > q</REASONING><CONCLUSION>D</CONCLUSION>';
    assert.match(whole, pattern);
    for (const broken of [
      whole.replace('D<', 'E<'),
      whole.replace('<CAPTION>c</CAPTION>', ''),
      `${whole} more`,
    ]) {
      assert.doesNotMatch(broken, pattern);
    }
  });

  it('has the parts of the strategy, and the answer where the order has it', () => {
    const keys = (strategy: string, order: Asking['order']) =>
      Object.keys(
        (written(constraintOf({ strategy, order, format: 'json' }, 2)) as { properties: object }).properties,
      );
    assert.deepEqual(keys('zero-shot', 'answer-last'), ['answer']);
    assert.deepEqual(keys('chain-of-thought', 'answer-first'), ['answer', 'reasoning']);
    assert.deepEqual(keys('svrd-stages', 'answer-last'), ['summary', 'caption', 'reasoning', 'answer']);
    const line = constraintOf({ strategy: 'short', order: 'answer-last', format: 'letter' }, 2);
    assert.match('Like poles repel.\nAnswer: B', new RegExp(`^${written(line)}$`));
  });

  it('is refused where the model cannot be held to it, or the prompt has no format', () => {
    const card = { id: 'mini', constrains: ['json'] } as unknown as ModelCard;
    const file = (rationale: string) =>
      readPromptFile(
        `---\nname: mine\nmetadata:\n  rationale:\n    setting: 1\n${rationale}---\nuser:\n?`,
        'mine',
      );
    refuseUnheld(card, file('    format: json\n'));
    refuseUnheld({ ...card, constrains: ['regex'] }, file('    strategy: short\n'));
    assert.throws(
      () => refuseUnheld(card, file('    format: stages\n')),
      /^Error: The output of mini cannot be held to tags or lines, as this prompt asks, but to a JSON object\.$/,
    );
    assert.throws(
      () => refuseUnheld(card, file('')),
      /^Error: The prompt mine does not say what its outputs look like: .*\.$/,
    );
    const scienceqa = readPromptFile(scienceqaPrompt('scienceqa-QCM-ALE') as string, 'scienceqa-QCM-ALE');
    assert.throws(
      () => refuseUnheld(card, scienceqa),
      /^Error: The prompt ScienceQA QCM-ALE shows answers in a form of its own .*\.$/,
    );
  });
});

/** A template that says all by itself. */
function ask(format: OutputFormat): Asking {
  return { strategy: null, format, order: 'answer-last' };
}
