import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A call that was really made, with its answer; what changes from run to run is replaced by stand-ins. */
export interface ExecutedCall {
  readonly method: string;
  /** Where a method has several. */
  readonly about?: string;
  /** Name of the user whose key it was. */
  readonly caller: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Absent when it was refused. */
  readonly result?: unknown;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
  /** Types of the events that it recorded. */
  readonly events?: readonly string[];
}

/** Those of `docs/examples/<family>.json`, as `npm run generate:examples` wrote them. */
export function executedExamples(folder: string): ExecutedCall[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ExecutedCall[]);
}

/** Those that lie beside the code, three levels up in the sources, four in a build; none where they were left out. */
export function installedExamples(): ExecutedCall[] {
  for (const candidate of ['../../../docs/examples', '../../../../docs/examples']) {
    const folder = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(folder)) return executedExamples(folder);
  }
  return [];
}
