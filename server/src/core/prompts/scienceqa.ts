/** The prompts of ScienceQA's own experiments (Lu et al., 2022, "Learn to explain", section 4.2; models/base_prompt.py). */

/** What stands behind `scienceqa-`: which fields the prompt holds in what order, and what the solved records answer. */
const CODE =
  /^scienceqa-(CQM|QCM|QCML|QCME|QCMLE|QCLM|QCEM|QCLEM)-(A|AL|AE|ALE|AEL|LA|EA|LEA|ELA)(-as-released)?$/;

/** Some of these names, for people who look for them. */
export const SCIENCEQA_NAMES: readonly string[] = ['scienceqa-QCM-A', 'scienceqa-QCM-ALE'];

const INPUTS: Readonly<Record<string, string>> = { Q: 'question', C: 'context', M: 'options' };
/** A block tag at the end of a line takes its line feed along, hence the empty line. */
const SHOWN: Readonly<Record<string, string>> = {
  Q: 'Question: {{ question }}',
  C: 'Context: {{ ((hint ~ " " ~ caption) | trim) or "N/A" }}',
  M: 'Options: {% for choice in choices %}({{ letters[loop.index0] }}) {{ choice }}{% if not loop.last %} {% endif %}{% endfor %}\n',
};
/** Line feeds are written out, as the released code does. */
const LECTURE = '{{ lecture | replace("\\n", "\\\\n") }}';
const SOLUTION = '{{ solution | replace("\\n", "\\\\n") }}';

/**
 * The prompt file of a format code, such as `scienceqa-QCM-ALE`: Question, Context and Multiple options go in; the
 * solved records give the Answer, the Lecture and the Explanation. With `-as-released`, `AL` holds the solution and `AE`
 * the lecture, which the released code has the wrong way round.
 *
 * @returns null for a name that is no format code
 */
export function scienceqaPrompt(name: string): string | null {
  const match = CODE.exec(name);
  if (!match) return null;
  const [, input = '', output = '', released] = match;
  const setting = input.includes('L') ? (input.includes('E') ? 3 : 2) : input.includes('E') ? 4 : 1;
  const inputs = [
    'question',
    'choices',
    'letters',
    'hint',
    'caption',
    ...(setting === 1 ? [] : hints(input)),
  ];
  return `---
name: ScienceQA ${input}-${output}
description: ${described(input, output, released !== undefined)}
inputs:
${inputs.map((one) => `  ${one}: { kind: ${one === 'choices' || one === 'letters' ? 'array' : 'string'} }`).join('\n')}
metadata:
  rationale:
    setting: ${setting}
    format: letter
    demonstrations:
      count: 2
      by: any
      seed: 3
      answer: |-
${answer(output, released !== undefined)
  .split('\n')
  .map((line) => `        ${line}`)
  .join('\n')}
---
user:
{% filter replace("  ", " ") %}
${lines(input).join('\n')}
Answer:
{% endfilter %}
`;
}

function hints(input: string): string[] {
  return [...(input.includes('L') ? ['lecture'] : []), ...(input.includes('E') ? ['solution'] : [])];
}

function described(input: string, output: string, isReleased: boolean): string {
  const shown = [...input].map((letter) => INPUTS[letter] ?? (letter === 'L' ? 'lecture' : 'solution'));
  const swapped = isReleased && (output === 'AL' || output === 'AE');
  return `GPT-3's prompt of ScienceQA with ${shown.join(', ')}; its solved records answer ${output}${swapped ? ', lecture and solution swapped as in the released code' : ''}.`;
}

/** A line for each field; lecture and solution share one. */
function lines(input: string): string[] {
  const because = input.replace(/[QCM]/g, '');
  return [...input.replace(/LE|L|E/, 'B')].map((letter) =>
    letter === 'B' ? `BECAUSE: ${reasons(because)}` : (SHOWN[letter] as string),
  );
}

function answer(output: string, isReleased: boolean): string {
  const named = output.replace('A', '');
  const told = isReleased && named.length === 1 ? (named === 'L' ? 'E' : 'L') : named;
  const says = 'The answer is {{ answer_letter }}.';
  const text =
    output === 'A'
      ? says
      : output.startsWith('A')
        ? `${says}{% if ${told
            .split('')
            .map((letter) => (letter === 'L' ? 'lecture' : 'solution'))
            .join(' or ')} %} BECAUSE: ${reasons(told)}{% endif %}`
        : `${reasons(told)} ${says}`;
  return `{% filter replace("  ", " ") %}${text}{% endfilter %}`;
}

function reasons(letters: string): string {
  return [...letters].map((letter) => (letter === 'L' ? LECTURE : SOLUTION)).join(' ');
}
