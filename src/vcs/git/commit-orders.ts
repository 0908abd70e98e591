import { aborted } from '../process.js';
import { KeptAnswers } from '../kept-answers.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import { CommitOrderReader, type CommitOrder } from './commit-order.js';
import type { GitCommand } from './git-command.js';
import type { GitRefs } from './git-refs.js';

const KEPT_BYTES = 128 * 1024 * 1024;

/** The order of a repository's commits, kept as long as its refs stay what they are. */
export class CommitOrders {
  private readonly kept = new KeptAnswers<{ input: string; order: CommitOrder }>(
    KEPT_BYTES,
    ({ input, order }) => input.length + order.bytes,
  );
  private readonly reading = new Map<string, Promise<CommitOrder>>();

  constructor(private readonly git: GitCommand) {}

  async of(
    path: string,
    { heads }: Pick<GitRefs, 'heads'>,
    options: OperationOptions = {},
  ): Promise<CommitOrder> {
    const input = heads.map((id) => `${id}\n`).join('');
    const known = this.kept.get(path, '');
    if (known?.input === input) return known.order;
    const question = `${path}\0${input}`;
    for (;;) {
      const running = this.reading.get(question);
      if (running === undefined) return this.read(path, input, question, options);
      try {
        return await running;
      } catch (error) {
        // Whoever it was read for may have gone; then it is our turn.
        if (!(error instanceof VcsError) || error.code !== 'ABORTED') throw error;
        if (options.signal?.aborted) throw aborted();
      }
    }
  }

  forget(directory: string): void {
    this.kept.forget(directory);
  }

  /** From the ids and not from the refs, which may be others by now. */
  private read(
    path: string,
    input: string,
    question: string,
    options: OperationOptions,
  ): Promise<CommitOrder> {
    const reader = new CommitOrderReader();
    const call = {
      gitDir: path,
      input,
      signal: options.signal,
      onOutput: (chunk: Buffer) => reader.push(chunk),
    };
    const args = ['rev-list', '--ignore-missing', '--stdin', '--date-order', '--timestamp'];
    const reading = (input === '' ? Promise.resolve('') : this.git.output(args, call))
      .then(() => {
        const order = reader.finish();
        this.kept.set(path, '', { input, order });
        return order;
      })
      .finally(() => this.reading.delete(question));
    this.reading.set(question, reading);
    return reading;
  }
}
