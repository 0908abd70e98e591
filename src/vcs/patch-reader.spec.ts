import { describe, expect, it } from 'vitest';
import { PatchReader } from './patch-reader.js';

function read(text: string, { maxTextBytes = 10_000, chunk = text.length } = {}) {
  const reader = new PatchReader(maxTextBytes);
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunk) reader.push(bytes.subarray(start, start + chunk));
  return reader.end();
}

const MODIFIED = `diff --git a/a b/a
index 8a1218a..401c5ae 100644
--- a/a
+++ b/a
@@ -1,3 +1,4 @@
 1
--- a minus line that looks like a header
+++ b/plus line
+three
 diff --git a/x b/x
`;
const file = (path: string, more: object = {}) => ({
  path,
  oldPath: null,
  op: 'modified',
  added: 0,
  removed: 0,
  binary: false,
  ...more,
});

describe('a patch', () => {
  it('tells files and lines, whatever the content looks like', () => {
    expect(read(MODIFIED)).toEqual({
      files: [file('a', { added: 2, removed: 1 })],
      text: MODIFIED,
      truncated: false,
    });
  });

  it('reads the same in pieces', () => {
    for (const chunk of [1, 7, 50]) expect(read(MODIFIED, { chunk })).toEqual(read(MODIFIED));
  });

  it('knows what became of a file', () => {
    const { files } = read(
      [
        'diff --git a/new b/new',
        'new file mode 100644',
        '--- /dev/null',
        '+++ b/new',
        '@@ -0,0 +1 @@',
        '+x',
        '\\ No newline at end of file',
        'diff --git a/gone b/gone',
        'deleted file mode 100644',
        '--- a/gone',
        '+++ /dev/null',
        '@@ -1 +0,0 @@',
        '-x',
        'diff --git a/old name b/dir/new name',
        'similarity index 100%',
        'rename from old name',
        'rename to dir/new name',
        'diff --git a/one b/two',
        'copy from one',
        'copy to two',
        'diff --git a/bin b/bin',
        'Binary files a/bin and b/bin differ',
        'diff --git a/empty one b/empty one',
        'new file mode 100644',
      ].join('\n'),
    );
    expect(files).toEqual([
      file('new', { op: 'added', added: 1 }),
      file('gone', { op: 'removed', removed: 1 }),
      file('dir/new name', { op: 'renamed', oldPath: 'old name' }),
      file('two', { op: 'copied', oldPath: 'one' }),
      file('bin', { binary: true }),
      file('empty one', { op: 'added' }),
    ]);
  });

  it('understands quoted names, names in UTF-8 and names with a space', () => {
    const { files } = read(
      [
        'diff --git "a/\\303\\274 \\"q\\"\\t" "b/\\303\\274 \\"q\\"\\t"',
        'old mode 100644',
        'new mode 100755',
        'diff --git a/ü b/ü',
        '--- a/ü',
        '+++ b/ü',
        'diff --git a/a b b/a b',
        '--- a/a b\t',
        '+++ b/a b\t',
      ].join('\n'),
    );
    expect(files.map(({ path }) => path)).toEqual(['ü "q"\t', 'ü', 'a b']);
  });

  it('ends its text behind a file, and still lists all', () => {
    const both = MODIFIED + MODIFIED.replaceAll('a/a b/a', 'a/c b/c').replace('b/a\n', 'b/c\n');
    const cut = read(both, { maxTextBytes: both.length - 5 });
    expect(cut).toMatchObject({ text: MODIFIED, truncated: true });
    expect(cut.files).toHaveLength(2);
    expect(read(both, { maxTextBytes: 0 })).toMatchObject({ text: '', truncated: false });
  });
});
