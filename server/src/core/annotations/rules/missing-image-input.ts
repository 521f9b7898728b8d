import type { PromptFile, VariableUse } from '../../prompts/types.ts';
import { count } from '../../text.ts';
import { firstLine } from '../prompt-places.ts';
import type { Fix, PromptRule } from '../types.ts';

const IMAGE = 'image';
const LINE = '![image]({{ image }})';

export const missingImageInput: PromptRule = {
  id: 'missing-image-input',
  scope: 'prompt',
  severity: 'warning',
  docs: {
    what: 'A template that never shows the image, although the dataset has images, or although it asks for `image` itself: then it prints the path.',
    why: 'The model answers questions about a picture that it never sees, and nothing else looks wrong.',
    example: '---\nname: path\n---\nuser:\n{{ image }}\nQuestion: {{ question }}',
    fix: 'Show it by an image link to `{{ image }}` on a line of its own, as the quick fix writes it; for records without an image it leaves nothing behind.',
  },
  check({ file, uses, records }) {
    if (!uses || uses.images.length > 0) return [];
    const printed = uses.variables.find(({ name, how }) => name === IMAGE && how === 'shown');
    if (printed) {
      const message = `This prints the image's path; the model is shown the image only by "${LINE}".`;
      return [{ message, span: printed.span, fixes: fixesFor(file, printed) }];
    }
    const show = `the template never shows it: add "${LINE}" after the role line.`;
    const input = file.inputs.find(({ name }) => name === IMAGE);
    if (input) return [{ message: `The image is an input, but ${show}`, span: input.span }];
    if (!records || records.withImage === 0) return [];
    const having = `${records.withImage} of ${count(records.total, 'record')}`;
    const have = records.withImage === 1 ? 'has' : 'have';
    return [{ message: `${having} ${have} an image, but ${show}`, span: firstLine(file) }];
  },
};

/** A tag that is nothing but the path becomes the line that shows the image. */
function fixesFor({ template, bodyStart }: PromptFile, { tag }: VariableUse): Fix[] {
  const text = template.slice(tag.start - bodyStart, tag.end - bodyStart);
  if (!/^\{\{-?\s*image\s*-?\}\}$/.test(text)) return [];
  return [{ title: 'Show the image', edits: [{ span: tag, newText: LINE }], preferred: true }];
}
