import { pairsWith } from '../rpc/aliases.js';
import { argumentTable } from './argument-table.js';
import type { DeclaredMethod } from './declared-methods.js';
import type { ExecutedCall } from '../rpc/openrpc/executed-examples.js';
import { onOneLine } from './compact-json.js';
import { cell, fencedJson, linkTo, quoted } from './markdown.js';
import { requirementInWords } from '../rpc/requirement-words.js';

/** What one method is, takes, answers and refuses. @param linkToEvent where its events are described */
export function methodSection(
  method: DeclaredMethod,
  calls: readonly ExecutedCall[],
  linkToEvent = (type: string) => linkTo(type, 'events.md'),
): string {
  const shown = calls
    .filter(({ error }) => error === undefined)
    .toSorted((one, other) => Number(one.about !== undefined) - Number(other.about !== undefined));
  const refused = calls.filter(({ error }) => error !== undefined);
  return [
    `### ${method.name}`,
    `${method.summary}.`,
    facts(method, linkToEvent).join('\n'),
    ...(method.args.length > 0 ? [argumentTable(method.args)] : []),
    ...shown.map(example),
    ...(refused.length > 0 ? [refusals(refused)] : []),
  ].join('\n\n');
}

function facts(method: DeclaredMethod, linkToEvent: (type: string) => string): string[] {
  const { deprecated, since, emits = [] } = method;
  const aliases = [...method.aliases, ...pairsWith(method.name)];
  return [
    ...(deprecated === undefined ? [] : [`- **Deprecated:** use ${linkTo(deprecated)}`]),
    ...(since === undefined ? [] : [`- **Since:** ${since}`]),
    `- **Needs:** ${requirementInWords(method.requires)}`,
    ...(aliases.length === 0 ? [] : [`- **Also called:** ${quoted(aliases)}`]),
    ...(emits.length === 0 ? [] : [`- **Events:** ${emits.map(({ type }) => linkToEvent(type)).join(', ')}`]),
    ...(method.args.length === 0 ? ['- **Arguments:** none'] : []),
  ];
}

function example({ method, about, caller, args, result, events = [] }: ExecutedCall): string {
  const title = about === undefined ? 'Example' : `Example, ${about}`;
  const recorded = events.length === 0 ? '' : `, which records ${quoted(events)}`;
  return [
    `${title}, called by \`${caller}\`:`,
    fencedJson({ method, params: args }),
    `Result${recorded}:`,
    fencedJson(result),
  ].join('\n\n');
}

/** In brackets the `detail`, which only answers of JSON-RPC 2.0 have. */
function refusals(calls: readonly ExecutedCall[]): string {
  const rows = calls.map(({ caller, args, error }) => {
    const { code = 0, message = '', data = {} } = error ?? {};
    const detail = typeof data.detail === 'string' ? ` (${data.detail})` : '';
    return `| ${code} | ${cell(message + detail)} | \`${caller}\`: \`${cell(onOneLine(args))}\` |`;
  });
  return ['| error | message | refused call |', '| --- | --- | --- |', ...rows].join('\n');
}
