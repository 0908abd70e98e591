import type { HttpRequest } from 'forgegate/sdk';
import { VARIABLES, type Variables } from './builds.js';

export interface Settings {
  username: string;
  api_token: string;
  /** Full name, folders included: `team/parser`, `team/parser/${branch}` for a multibranch job. */
  job: string;
  /** Name -> text with `${...}`. */
  parameters?: Record<string, string>;
}

const PLACE = /\$\{(\w+)\}/g;

/** What the schema cannot say. */
export function jobProblem({ job, parameters = {} }: Settings): string | null {
  if (job.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return 'config.job must be the full name of a job, e.g. team/parser';
  const texts = { job, ...prefixed(parameters) };
  for (const [name, text] of Object.entries(texts)) {
    const unknown = [...text.matchAll(PLACE)].find(
      ([, found]) => !VARIABLES.some((known) => known === found),
    );
    if (unknown) return `config.${name}: ${unknown[0]} is not known; there are ${VARIABLES.join(', ')}`;
  }
  return null;
}

const prefixed = (parameters: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(parameters).map(([name, text]) => [`parameters.${name}`, text]));

/** One build; an API token needs no crumb. */
export function buildRequest(
  base: string,
  { username, api_token, job, parameters = {} }: Settings,
  variables: Variables,
): { url: string; request: HttpRequest } {
  const filled = (text: string, encode: (value: string) => string) =>
    text.replace(PLACE, (_all, name: string) => encode(variables[name as keyof Variables] ?? ''));
  // A multibranch job calls the job of a branch by its encoded name
  const path = job
    .split('/')
    .map((part) => `/job/${encodeURIComponent(filled(part, encodeURIComponent))}`)
    .join('');
  const body = new URLSearchParams(
    Object.entries(parameters).map(([name, text]): [string, string] => [name, filled(text, String)]),
  );
  return {
    url: `${base.replace(/\/+$/, '')}${path}/${body.size > 0 ? 'buildWithParameters' : 'build'}`,
    request: {
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${api_token}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: body.toString(),
    },
  };
}
