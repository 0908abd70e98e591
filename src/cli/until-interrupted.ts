import { CommandError } from './command-error.js';

/** Runs work that Ctrl-C or SIGTERM ends cleanly: it gets a signal to look at, and tidies up on its way out. */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new CommandError('Interrupted; nothing was changed.'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
