import { recordedText } from '../recorded-text.js';
import { recordedTime } from '../recorded-time.js';

export interface GitCommit {
  parents: string[];
  author: string;
  /** Of the committer, unix seconds. */
  date: number;
  message: string;
}

/** Reads the raw bytes of a commit object. */
export function parseCommit(raw: Buffer): GitCommit {
  const end = raw.indexOf('\n\n');
  // Headers are ASCII apart from names, whose encoding the headers themselves declare.
  const probe = raw.toString('latin1', 0, end < 0 ? raw.length : end);
  const decode = decoderFor(/^encoding (.+)$/m.exec(probe)?.[1]);
  const commit: GitCommit = { parents: [], author: '', date: 0, message: '' };
  for (const line of decode(end < 0 ? raw : raw.subarray(0, end)).split('\n')) {
    const space = line.indexOf(' ');
    const value = line.slice(space + 1);
    switch (line.slice(0, space)) {
      case 'parent':
        commit.parents.push(value);
        break;
      case 'author':
        commit.author = recordedText(value.replace(/ -?\d+ [+-]\d+$/, '').trim());
        break;
      case 'committer':
        commit.date = recordedTime(Number(/ (-?\d+) [+-]\d+$/.exec(value)?.[1] ?? 0));
        break;
      default:
    }
  }
  if (end >= 0) commit.message = recordedText(decode(raw.subarray(end + 2)));
  return commit;
}

function decoderFor(label: string | undefined): (bytes: Buffer) => string {
  if (label === undefined) return (bytes) => bytes.toString('utf8');
  try {
    const decoder = new TextDecoder(label);
    return (bytes) => decoder.decode(bytes);
  } catch {
    return (bytes) => bytes.toString('utf8');
  }
}
