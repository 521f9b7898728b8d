import type { RecordSource } from '../../records/types.ts';
import { count } from '../../text.ts';
import type { Fix, RecordRule } from '../types.ts';

export const imageTokenMismatch: RecordRule = {
  id: 'image-token-mismatch',
  scope: 'record',
  severity: 'warning',
  reads: ['image', 'images'],
  docs: {
    what: "A conversation whose user turns have more or fewer image tokens than the record names images. Image parts of a turn's content count as tokens.",
    why: 'Each token is replaced by one image. With too few, an image is never shown or the training run stops hours after it began; with too many, a token is left that stands for nothing.',
    example:
      '[{ "id": "7", "image": "magnets.png", "conversations": [{ "from": "human", "value": "Which magnet is stronger?" }, { "from": "gpt", "value": "The left one." }] }]',
    fix: 'Put an image token where each image belongs, or name the images that are missing. The quick fix for a record without tokens puts them before the question.',
  },
  check({ source, text }) {
    const { conversation } = source.record;
    if (!conversation || conversation.images === conversation.imageTokens) return [];
    const { images, imageTokens } = conversation;
    return [
      {
        message: `The user's turns have ${count(imageTokens, '<image> token')}, but the record names ${count(images, 'image')}.`,
        span: source.fields.get('question')?.value ?? source.idSpan,
        field: 'question',
        fixes: imageTokens === 0 ? tokensBefore(source, text, images) : [],
      },
    ];
  },
};

/** A turn's text, where it is one string. */
const WHOLE_TURN = /^\w+\[\d+\]\.(?:value|content)$/;

/** The fix that puts tokens before the question; none where it is a list of parts and images are parts too. */
function tokensBefore({ fields }: RecordSource, text: string, images: number): Fix[] {
  const start = fields.get('question')?.value.start;
  const turn = [...fields].find(([path, { value }]) => WHOLE_TURN.test(path) && value.start === start);
  if (start === undefined || !turn || text[start] !== '"') return [];
  const span = { start: start + 1, end: start + 1 };
  const title = `Put ${count(images, '<image> token')} before the question`;
  return [{ title, edits: [{ span, newText: '<image>\\n'.repeat(images) }] }];
}
