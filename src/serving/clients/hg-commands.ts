import type { IncomingHttpHeaders } from 'node:http';

/** Commands of Mercurial's wire protocol that change nothing. */
const READING = new Set([
  'between',
  'branches',
  'branchmap',
  'capabilities',
  'changegroup',
  'changegroupsubset',
  'clonebundles',
  'debugwireargs',
  'getbundle',
  'heads',
  'hello',
  'known',
  'listkeys',
  'lookup',
  'protocaps',
  'stream_out',
]);

/** Those whose answer is changesets. */
const FETCHING = new Set(['changegroup', 'changegroupsubset', 'getbundle', 'stream_out']);

/** What a request does; what is not known may change anything. */
export function hgOperation(command: string, query: string, headers: IncomingHttpHeaders): 'fetch' | 'push' {
  if (command !== 'batch') return READING.has(command) ? 'fetch' : 'push';
  const inside = commandsOfBatch(query, headers);
  return inside?.every((each) => READING.has(each)) ? 'fetch' : 'push';
}

export const fetchesChangesets = (command: string) => FETCHING.has(command);

/** Arguments stand in the query, in numbered headers or in the body; of the last nothing is known here. */
function commandsOfBatch(query: string, headers: IncomingHttpHeaders): string[] | null {
  if (headers['x-hgargs-post'] !== undefined) return null;
  let inHeaders = '';
  for (let number = 1; ; number += 1) {
    const value = headers[`x-hgarg-${number}`];
    if (typeof value !== 'string') break;
    inHeaders += value;
  }
  const lists = [query, inHeaders].flatMap((text) => new URLSearchParams(text).getAll('cmds'));
  if (lists.length === 0) return null;
  return lists.flatMap((list) => list.split(';').map((each) => each.trim().split(' ')[0] ?? ''));
}
