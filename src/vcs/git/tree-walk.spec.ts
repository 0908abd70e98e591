import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loopbackClosed, VcsSandbox } from '../../../test/harness/vcs-sandbox.js';
import { VersionControlService } from '../version-control.service.js';

const vcs = new VersionControlService(loopbackClosed);
const box = new VcsSandbox();
const repo = box.path('trees');
const backend = vcs.backend('git');
afterAll(async () => {
  await Promise.all([vcs.close(), VcsSandbox.end()]);
  box.remove();
});

/** Stores an object as it is, also one that git itself would never write. */
const stored = (type: string, content: Buffer) =>
  execFileSync('git', ['--git-dir', repo, 'hash-object', '-t', type, '-w', '--literally', '--stdin'], {
    input: content,
  })
    .toString()
    .trim();
const entry = (mode: string, name: string | Buffer, id: string) =>
  Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name as string), Buffer.of(0), Buffer.from(id, 'hex')]);
const commitOf = (tree: string) =>
  stored('commit', Buffer.from(`tree ${tree}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n`));
const treeOf = (...entries: Buffer[]) => stored('tree', Buffer.concat(entries));

describe('the tree of a git commit', () => {
  let blob: string;
  beforeAll(async () => {
    await backend.create(repo);
    blob = stored('blob', Buffer.from('x'));
  });

  it('is the same as git lists it, whatever modes and names it has', async () => {
    const inner = treeOf(entry('100644', 'ü 😀', blob), entry('100664', '\ttab', blob));
    const root = treeOf(
      entry('120000', 'link', blob),
      entry('160000', 'module', '1'.repeat(40)),
      entry('40000', 'one', inner),
      entry('100755', 'run', blob),
      entry('040000', 'two', inner),
      entry('40000', 'zero', treeOf()),
    );
    const rawId = commitOf(root);
    const listed = box.git(repo, ['-c', 'core.quotePath=false', 'ls-tree', '-r', '-t', '-z', rawId]);
    const expected = { tree: [] as string[], blob: [] as string[] };
    for (const line of listed.split('\0')) {
      const [, type = '', path = ''] = /^\d+ (tree|blob) \w+\t([^]*)$/.exec(line) ?? [];
      if (type === 'tree' || type === 'blob') expected[type].push(path);
    }
    const { directories, files } = await backend.tree(repo, rawId, '');
    expect([...directories].sort()).toEqual(expected.tree.sort());
    expect([...files].sort()).toEqual(expected.blob.sort());
    expect(files).toContain('two/ü 😀');
    expect(await backend.tree(repo, rawId, 'zero')).toEqual({ directories: [], files: [] });
  });

  it('is told to be too large, when few objects name more paths than fit into memory', async () => {
    let tree = treeOf(...Array.from({ length: 100 }, (_, index) => entry('100644', `f${index}`, blob)));
    for (let level = 0; level < 6; level += 1) {
      const below = tree;
      tree = treeOf(...Array.from({ length: 100 }, (_, index) => entry('40000', `d${index}`, below)));
    }
    await expect(backend.tree(repo, commitOf(tree), '')).rejects.toMatchObject({
      code: 'FAILED',
      message: 'the repository gave too large an answer',
    });
  });

  it('is refused when an object of it is cut off or missing', async () => {
    const cut = treeOf(entry('100644', 'f', blob).subarray(0, 20));
    const missing = treeOf(entry('40000', 'gone', '2'.repeat(40)));
    for (const tree of [cut, missing])
      await expect(backend.tree(repo, commitOf(tree), '')).rejects.toMatchObject({ code: 'FAILED' });
  });
});
