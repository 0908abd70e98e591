import type { Duplex } from 'node:stream';
import { parseChange, isReserved, type Pending, type RefChange } from './ref-changes.js';

/**
 * What the hooks of a receiving program ask. `opening` (hg): it holds the lock of the repository and has changed nothing.
 * `received`: what was sent is complete and can be looked at, and nobody else sees it. `changing`: what comes next is the
 * change itself; nobody else can change these refs (hg: anything) until then.
 */
export type HookQuestion =
  | { readonly stage: 'opening' }
  | { readonly stage: 'received'; readonly changes: readonly RefChange[]; readonly pending: Pending }
  | { readonly stage: 'changing'; readonly changes: readonly RefChange[] };

/** Resolves to null to let it go on, or to the reason that the client shall see. */
export type HookAnswer = (question: HookQuestion) => Promise<string | null>;

/** Some 100,000 refs. */
const LONGEST = 16 * 1024 * 1024;
/** Bytes; longer names fit into no index of the database. */
const LONGEST_NAME = 1_000;
const OK = 'ok';

/**
 * Answers the hooks of one push, which ask one after the other.
 * @returns ends the listening; a channel of a kept program then waits for the next push
 */
export function answerHooks(channel: Duplex, answer: HookAnswer): () => void {
  let waiting = Buffer.alloc(0);
  let answered: Promise<void> = Promise.resolve();
  const take = (part: Buffer) => {
    waiting = Buffer.concat([waiting, part]);
    for (let end = waiting.indexOf('\n\n'); end >= 0; end = waiting.indexOf('\n\n')) {
      const text = waiting.toString('utf8', 0, end);
      waiting = waiting.subarray(end + 2);
      answered = answered.then(() => reply(channel, text, answer));
    }
    if (waiting.length > LONGEST) channel.destroy();
  };
  // The program is gone, and so is whoever wanted the answer.
  const ignore = () => undefined;
  channel.on('data', take).on('error', ignore);
  return () => channel.off('data', take);
}

async function reply(channel: Duplex, text: string, answer: HookAnswer): Promise<void> {
  const reason = await answered(text, answer);
  if (!channel.destroyed) channel.write(`${reason ?? OK}\n`);
}

async function answered(text: string, answer: HookAnswer): Promise<string | null> {
  try {
    const [head = '', ...lines] = text.split('\n');
    const [stage, ...rest] = head.split(' ');
    if (lines.some((line) => isReserved(line.split(' ')[2] ?? '')) && stage === 'received')
      return 'refs/pull/ belongs to the pull requests of this server';
    const changes = lines.map(parseChange).filter((change) => change !== null);
    if (changes.some(({ name }) => Buffer.byteLength(name) > LONGEST_NAME))
      return `names of refs may have ${LONGEST_NAME} bytes at most`;
    if (stage === 'opening') return oneLine(await answer({ stage }));
    if (stage === 'changing') return oneLine(await answer({ stage, changes }));
    if (stage !== 'received') return 'the hooks of this server do not fit to it';
    return oneLine(await answer({ stage, changes, pending: rest.join(' ') || null }));
  } catch {
    return 'the server cannot take pushes now, try again later';
  }
}

const oneLine = (reason: string | null) => reason && reason.replace(/\s*[\r\n]+\s*/g, ' ').trim();
