import { letterAt, type Reader, readingBy } from './reader.ts';

const OPEN = '<CONCLUSION>';
const CLOSE = '</CONCLUSION>';

export const svrd: Reader = {
  id: 'svrd',
  version: 1,
  what: 'The content of the last CONCLUSION tag, when it is a letter and nothing else; in an output without the tag, the last capital letter anywhere.',
  source:
    'yqlu1015/vllm_distillation, moondream_distillation.py (tag) and moondream_inference.py (last capital)',
  read({ output, choices }) {
    const tag = output.lastIndexOf(OPEN);
    if (tag < 0) {
      const last = output.search(/[A-Z](?=[^A-Z]*$)/);
      return readingBy(svrd, last < 0 ? null : letterAt(output[last]!, last, choices));
    }
    const start = tag + OPEN.length;
    const [content = ''] = output.slice(start).split(CLOSE);
    const isLetter = content.trim().length === 1;
    const at = start + content.length - content.trimStart().length;
    return readingBy(
      svrd,
      isLetter && /[A-Z]/.test(output[at]!) ? letterAt(output[at]!, at, choices, 'tag') : null,
    );
  },
};
