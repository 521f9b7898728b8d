import { quote } from '../../text.ts';
import type { RecordRule } from '../types.ts';

export const imageOutsideDataset: RecordRule = {
  id: 'image-outside-dataset',
  scope: 'record',
  severity: 'error',
  reads: ['image'],
  docs: {
    what: 'An image path that leaves the folder of the dataset, directly or through a link.',
    why: "The dataset is not complete without a file that nobody else has, and opening somebody's dataset must not read files from anywhere on the machine.",
    example: '"7": { "question": "Which magnet is stronger?", "image": "../../photos/magnet.png" }',
    fix: 'Copy the image into the folder of the dataset and name it by its path there.',
  },
  check({ source, image }) {
    if (image.state !== 'outside') return [];
    return [
      {
        message: `The image ${quote(source.record.image ?? '')} lies outside the folder of the dataset.`,
        span: source.fields.get('image')?.value ?? source.idSpan,
        field: 'image',
      },
    ];
  },
};
