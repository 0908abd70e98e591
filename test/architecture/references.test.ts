import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../src/reference/index.js';

const files = await generatedFiles(fileURLToPath(new URL('../../docs/examples', import.meta.url)));

/** `docs/methods.md#get_repo` for every heading, as GitHub names it. */
const anchors = new Set(
  Object.entries(files).flatMap(([path, text]) =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(
      ([, heading = '']) => `${path}#${heading.toLowerCase().replaceAll('.', '').replaceAll(' ', '-')}`,
    ),
  ),
);

describe('the generated references', () => {
  it.each(Object.keys(files))('%s links only to headings that are there', (path) => {
    const links = [...(files[path] ?? '').matchAll(/\]\(([\w.]*)(#[^)]*)\)/g)].map(
      ([, page, anchor]) => (page ? `docs/${page}` : path) + anchor,
    );
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  });

  it('link to one another', () => {
    expect(files['docs/methods.md']).toContain('](events.md#repocreated)');
    expect(files['docs/events.md']).toContain('](methods.md#create_repo)');
  });
});
