import type { Diff, FileChange } from './vcs.js';

/**
 * Reads a patch in git's format as it comes: which files changed and by how many lines, and the text up to a limit.
 * A line of content always starts with a space, a sign or a backslash, so that headers cannot be mistaken.
 */
export class PatchReader {
  private readonly files: FileChange[] = [];
  private current: FileHeader | null = null;
  private inContent = false;
  private rest: Buffer = Buffer.alloc(0);
  private readonly sections: Buffer[] = [];
  private section: Buffer[] = [];
  private size = 0;
  private truncated = false;

  constructor(private readonly maxTextBytes: number) {}

  push(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.line(bytes.subarray(start, end + 1));
      start = end + 1;
    }
    this.rest = Buffer.from(bytes.subarray(start));
  }

  end(): Diff {
    if (this.rest.length > 0) this.line(this.rest);
    this.closeFile();
    return {
      files: this.files,
      text: Buffer.concat(this.sections).toString('utf8'),
      truncated: this.truncated,
    };
  }

  private line(bytes: Buffer): void {
    // Names may hold any byte; they are decoded once they are known to be names.
    const text = bytes.toString('latin1').replace(/\n$/, '');
    if (text.startsWith('diff --git ')) {
      this.closeFile();
      this.current = new FileHeader(text.slice('diff --git '.length));
      this.inContent = false;
    } else if (this.current !== null) {
      if (text.startsWith('@@ ')) this.inContent = true;
      else if (!this.inContent) this.current.line(text);
      else if (text.startsWith('+')) this.current.added += 1;
      else if (text.startsWith('-')) this.current.removed += 1;
    }
    this.keep(bytes);
  }

  private keep(bytes: Buffer): void {
    if (this.truncated || this.maxTextBytes === 0) return;
    this.size += bytes.length;
    if (this.size > this.maxTextBytes) {
      this.truncated = true;
      this.section = [];
      return;
    }
    this.section.push(Buffer.from(bytes));
  }

  private closeFile(): void {
    if (this.current !== null) this.files.push(this.current.change());
    this.current = null;
    this.sections.push(...this.section);
    this.section = [];
  }
}

/** What stands before the first hunk of a file. */
class FileHeader {
  added = 0;
  removed = 0;
  private op: FileChange['op'] = 'modified';
  private binary = false;
  private from: string | null = null;
  private to: string | null = null;

  constructor(private readonly names: string) {}

  line(text: string): void {
    const [, key = '', value = ''] =
      /^(rename from|rename to|copy from|copy to|---|\+\+\+|new file|deleted file) (.*)$/.exec(text) ?? [];
    switch (key) {
      case 'rename from':
        this.op = 'renamed';
        this.from = name(value);
        break;
      case 'copy from':
        this.op = 'copied';
        this.from = name(value);
        break;
      case 'rename to':
      case 'copy to':
        this.to = name(value);
        break;
      case 'new file':
        this.op = 'added';
        break;
      case 'deleted file':
        this.op = 'removed';
        break;
      case '---':
      case '+++':
        this.to ??= side(value);
        break;
      default:
        if (/^(?:Binary file|GIT binary patch)/.test(text)) this.binary = true;
    }
  }

  change(): FileChange {
    const { op, added, removed, binary } = this;
    const moved = op === 'renamed' || op === 'copied';
    const path = this.to ?? sameName(this.names);
    return { path, oldPath: moved ? this.from : null, op, added, removed, binary };
  }
}

/** `a/name`, `b/name` or `/dev/null`; a name with a space ends in a tab. */
function side(text: string): string | null {
  const found = name(text.replace(/\t$/, ''));
  return found === '/dev/null' ? null : found.slice(2);
}

/** Both names of the first line are one and the same when nothing else tells the name: `a/x b/x`. */
function sameName(text: string): string {
  if (text.startsWith('"')) return name(text.slice(0, (text.length - 1) / 2)).slice(2);
  return decoded(text.slice(2, (text.length - 1) / 2));
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Undoes git's quoting of names with unusual characters. */
function name(text: string): string {
  if (!(text.startsWith('"') && text.endsWith('"'))) return decoded(text);
  const bytes = text
    .slice(1, -1)
    .replace(/\\(?:([0-7]{3})|(.))/g, (_match, octal: string | undefined, letter: string) =>
      octal === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(parseInt(octal, 8)),
    );
  return decoded(bytes);
}

const decoded = (latin1: string) => Buffer.from(latin1, 'latin1').toString('utf8');
