import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../src/sdk/index.js';
import { Stage } from '../examples/stage.js';
import { STORIES } from '../examples/stories.js';

const folder = fileURLToPath(new URL('../../docs/examples', import.meta.url));
const recordedEvents = fileURLToPath(new URL('../../src/sdk/testing/recorded-events.json', import.meta.url));
const recorded = new Map<string, EventEnvelope>();
const told = new Set<string>();

/** `npm run generate:examples` writes what is answered today. */
describe.each(Object.entries(STORIES))('the examples of %s', (family, story) => {
  it('are answered as the documentation shows', async () => {
    const stage = await Stage.open();
    try {
      await story(stage);
      for (const event of await stage.recorded())
        if (!recorded.has(event.type)) recorded.set(event.type, event);
    } finally {
      await stage.close();
    }
    told.add(family);
    const text = JSON.stringify(stage.executed, null, 2) + '\n';
    await expect(text).toMatchFileSnapshot(`${folder}/${family}.json`);
  });
});

/** For authors of plugins, who replay them. */
it('the events that the examples recorded are those of the testing kit', async ({ skip }) => {
  if (told.size < Object.keys(STORIES).length) skip('some stories were not told');
  const events = [...recorded.values()].toSorted((a, b) => (a.type < b.type ? -1 : 1));
  await expect(JSON.stringify(events, null, 2) + '\n').toMatchFileSnapshot(recordedEvents);
});
