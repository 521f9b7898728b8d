import { quote } from '../../text.ts';
import type { RecordRule } from '../types.ts';

export const missingImage: RecordRule = {
  id: 'missing-image',
  scope: 'record',
  severity: 'error',
  reads: ['image'],
  docs: {
    what: 'A record whose image file is not there.',
    why: 'The question is asked without its picture, or not at all, and its result says nothing about the model.',
    example: '"7": { "question": "Which magnet is stronger?", "image": "image.png", "split": "test" }',
    fix: 'Put the file at the path that the finding names (ScienceQA keeps it at images/SPLIT/ID/), or set "image" to null if the question needs none.',
  },
  check({ source, image }) {
    if (image.state !== 'missing') return [];
    const field = source.fields.get('image');
    // In a conversation the turn's token would stay behind.
    const isAlone = field && !source.record.conversation;
    return [
      {
        message: `The image ${quote(source.record.image ?? '')} is not there: ${image.path}`,
        span: field?.value ?? source.idSpan,
        field: 'image',
        fixes: isAlone
          ? [{ title: 'Set "image" to null', edits: [{ span: field.value, newText: 'null' }] }]
          : [],
      },
    ];
  },
};
