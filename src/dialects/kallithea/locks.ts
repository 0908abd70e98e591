import { only, printed, type PrintedMethods } from '../printed-method.js';

interface Lock {
  repo: string;
  locked: boolean;
  locked_since: number | null;
  locked_by: string | null;
  msg: string;
}

export const locks: PrintedMethods = {
  lock: printed<Lock>((lock) => ({
    ...only(lock, ['repo', 'locked', 'locked_since', 'locked_by']),
    msg: lock.msg.replace(/`(True|False)`$/, (state) => state.toLowerCase()),
  })),
};
