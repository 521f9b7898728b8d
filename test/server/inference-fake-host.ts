/** A model host that answers by echo and misbehaves on words: for the tests of what watches over hosts. */
import type { FromHost, ToHost } from '../../server/src/inference/hosts/messages.ts';

const send = (message: FromHost) => process.send?.(message);
const usage = { promptTokens: 1, imageTokens: 0, outputTokens: 1 };

process.on('message', (message: ToHost) => {
  if (message.type === 'probe') {
    // What drivers do that are broken.
    if (process.env.RATIONALE_TEST_PROBE === 'crashes') process.abort();
    for (;;);
  }
  if (message.type === 'load') {
    if (message.folder === 'broken') return send({ type: 'refused', reason: 'The weights are broken.' });
    if (message.folder === 'deadly') process.exit(3);
    return send({ type: 'loaded' });
  }
  if (message.type !== 'generate' && message.type !== 'score') return;
  send({ type: 'working', keys: message.requests.map(({ key }) => key) });
  for (const { key } of message.requests) {
    if (key.startsWith('crash')) process.abort();
    // For ever, deaf to messages, as a hung driver is.
    if (key.startsWith('hang')) for (;;);
    if (message.type === 'score') send({ type: 'scores', scores: [{ key, texts: [] }] });
    else
      send({
        type: 'predictions',
        predictions: [{ key, output: `echo ${key}`, finishReason: 'stop', usage }],
      });
  }
  send({ type: 'done', memory: 1 });
});
process.on('disconnect', () => process.exit(0));
