import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { CommandServer } from '../../src/vcs/hg/command-server.js';

/** A program or a command of Mercurial's command server, as this process started it. */
interface Started {
  readonly program: string;
  readonly args: readonly string[];
}

/** Behind these every program takes what follows for values. */
const ENDS_OF_OPTIONS = ['--end-of-options', '--'];

/** Options of ours whose value is a text of users, in the same argument. */
const TAKES_TEXT = /^--(?:message|user)=/;

/** Keeps what this process starts, until it is told to stop. */
export class WatchedPrograms {
  /** Names of all that was started. */
  readonly names = new Set<string>();
  private readonly started: Started[] = [];
  private readonly spawn = childProcess.spawn;
  // oxlint-disable-next-line unbound-method
  private readonly begin = CommandServer.prototype.begin;

  constructor() {
    const { spawn, begin } = this;
    const seen = (program: string, args: readonly string[]) => {
      this.names.add(program);
      this.started.push({ program, args });
    };
    childProcess.spawn = ((program: string, args: readonly string[], options: object) => {
      seen(program, args);
      return spawn(program, args, options);
    }) as typeof spawn;
    syncBuiltinESMExports();
    CommandServer.prototype.begin = function (this: CommandServer, args, session, signal) {
      seen('hg of the command server', args);
      begin.call(this, args, session, signal);
    };
  }

  /** Arguments in which a text stands and which the program would take for an option of its own, since the last look. */
  optionsWith(text: string): string[] {
    return this.started.splice(0).flatMap(({ program, args }) => {
      const end = args.findIndex((arg) => ENDS_OF_OPTIONS.includes(arg));
      const before = end < 0 ? args : args.slice(0, end);
      const found = before.filter(
        (arg) => arg.startsWith('-') && arg.includes(text) && !TAKES_TEXT.test(arg),
      );
      return found.map((arg) => `${program} ${args.join(' ')}: ${arg}`);
    });
  }

  stop(): void {
    childProcess.spawn = this.spawn;
    syncBuiltinESMExports();
    CommandServer.prototype.begin = this.begin;
  }
}
