/** What a process of the benchmark can be asked, by name. */
export type Commands = Record<string, (input: never) => unknown>;

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

export interface Usage {
  /** User and system time of the whole process since its start, garbage collection included. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

interface Question {
  readonly id: number;
  readonly name: string;
  readonly input: never;
}

/** Does what the parent asks, until it is told to stop or the parent is gone. */
export function obey(commands: Commands): void {
  const all: Commands = { usage, ...commands };
  process.on('message', ({ id, name, input }: Question) => {
    void answer(all[name], input).then((result) => process.send?.({ id, ...result }));
  });
  process.once('disconnect', () => process.exit(0));
}

async function answer(command: Commands[string] | undefined, input: never): Promise<Omit<Answer, 'id'>> {
  try {
    return { result: await command?.(input) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() };
}
