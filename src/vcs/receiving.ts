import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { GitConfig } from './git/git-environment.js';

/**
 * How a program is started that changes refs, so that its hooks report to the gateway before anything changes. The same
 * for every push: a Mercurial server may be kept and serve one push after the other, never two at once.
 */
export interface ReceivingProgram {
  /** On top of what every git call gets. */
  readonly gitConfig: GitConfig;
  /** `--config=...`, in front of the command. */
  readonly hgArguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** One push into one repository, from before its program begins to after its end. */
export interface Receiving extends ReceivingProgram {
  /**
   * The parent's end of the child's file descriptor {@link HOOK_CHANNEL} (`stdio: [..., 'pipe']`), before anything of
   * the push reaches the program. The child's hooks inherit it. When the gateway dies it closes, and they refuse.
   */
  connect(channel: Duplex): void;
  /**
   * The program has ended, or a kept one has answered; however it went. What was pushed is recorded with its events when
   * this resolves, so hold back the end of the answer until then. It never throws; what it cannot do is made up for later.
   */
  finished(): Promise<void>;
}

export const HOOK_CHANNEL = 3;

/** git finds its hooks here; Mercurial loads its own from here. Nothing in a repository adds to them. */
const HOOKS = fileURLToPath(new URL('./hooks', import.meta.url));

export const RECEIVING_PROGRAM: ReceivingProgram = {
  gitConfig: [['core.hooksPath', HOOKS]],
  hgArguments: [`--config=extensions.forgegate=${HOOKS}/forgegate.py`],
  environment: { PYTHONDONTWRITEBYTECODE: '1' },
};
