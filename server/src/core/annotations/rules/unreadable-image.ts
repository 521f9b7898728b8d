import type { RecordRule } from '../types.ts';

export const unreadableImage: RecordRule = {
  id: 'unreadable-image',
  scope: 'record',
  severity: 'error',
  reads: ['image'],
  docs: {
    what: 'An image file that is no image: empty, cut off at its head, or of another kind than images.',
    why: 'A run stops at it or leaves the record out, hours after it was started.',
    example: '"7": { "question": "Which magnet is stronger?", "image": "notes.txt" }',
    fix: 'Replace the file by a PNG, JPEG, GIF, WebP, BMP or TIFF image.',
  },
  check({ source, image }) {
    if (image.state !== 'unreadable') return [];
    return [
      {
        message: `The image cannot be read: ${image.path} (${image.reason}).`,
        span: source.fields.get('image')?.value ?? source.idSpan,
        field: 'image',
      },
    ];
  },
};
