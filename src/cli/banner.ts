export interface ProgramFacts {
  /** Read as a name: `git`, `hg`. */
  readonly program: string;
  readonly version: string | null;
  /** Why it cannot be used; null when it can. */
  readonly reason: string | null;
}

export interface StartFacts {
  readonly version: string;
  /** Base URL at which this machine reaches the gateway, with the path prefix, without a trailing slash. */
  readonly endpoint: string;
  /** E.g. `embedded PostgreSQL in /srv/fg/postgres`, or a URL with its password masked. */
  readonly database: string;
  readonly repoRoot: string;
  /** Null when there is no file with the first administrator's key. */
  readonly keyFile: string | null;
  readonly programs: readonly ProgramFacts[];
  /** What else the operator should know, one sentence each. */
  readonly notes: readonly string[];
}

/** What a start prints: everything a newcomer needs for his first call. */
export function banner(facts: StartFacts): string {
  const rows: [string, string][] = [
    ['Endpoint', `${facts.endpoint}/_admin/api`],
    ['Database', facts.database],
    ['Repositories', facts.repoRoot],
    ['Admin key', facts.keyFile ?? 'not kept here; for a new one: npx forgegate key create --user NAME'],
    ...facts.programs.map((program): [string, string] => [program.program, describeProgram(program)]),
    ...facts.notes.map((note): [string, string] => ['Note', note]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    `Forgegate ${facts.version}`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
    'A first call:',
    `  ${firstCall(facts.endpoint, facts.keyFile)}`,
    '',
  ].join('\n');
}

/** One line for a POSIX shell; the key comes from its file and so stays out of the history. */
export function firstCall(endpoint: string, keyFile: string | null): string {
  const key = keyFile === null ? '$FORGEGATE_KEY' : `$(cat ${shellWord(keyFile)})`;
  const body = `{\\"id\\": 1, \\"api_key\\": \\"${key}\\", \\"method\\": \\"get_server_info\\", \\"args\\": {}}`;
  return `curl -s ${shellWord(`${endpoint}/_admin/api`)} -d "${body}"`;
}

function describeProgram({ version, reason }: ProgramFacts): string {
  if (reason === null && version !== null) return version;
  return `not usable: ${reason ?? 'not found'}`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
