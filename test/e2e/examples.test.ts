import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Stage } from '../examples/stage.js';
import { STORIES } from '../examples/stories.js';

const folder = fileURLToPath(new URL('../../docs/examples', import.meta.url));

/** `npm run generate:examples` writes what is answered today. */
describe.each(Object.entries(STORIES))('the examples of %s', (family, story) => {
  it('are answered as the documentation shows', async () => {
    const stage = await Stage.open();
    try {
      await story(stage);
    } finally {
      await stage.close();
    }
    const text = JSON.stringify(stage.executed, null, 2) + '\n';
    await expect(text).toMatchFileSnapshot(`${folder}/${family}.json`);
  });
});
