import { pluginOfFamily } from '../rpc/described-method.js';
import { FAULT_CODES, type FaultReason } from '../rpc/errors.js';
import { FAULT_WORDS } from '../rpc/fault-words.js';
import type { DeclaredMethod } from './declared-methods.js';
import type { ExecutedCall } from '../rpc/openrpc/executed-examples.js';
import { linkTo } from './markdown.js';
import { methodSection } from './method-section.js';

/** `docs/methods.md`. @param examples of all methods; those of a method in the order of execution */
export function methodsReference(
  methods: readonly DeclaredMethod[],
  examples: readonly ExecutedCall[],
): string {
  const families = [...new Set(methods.map(({ family }) => family))].map(
    (family) => [family, methods.filter((method) => method.family === family)] as const,
  );
  const contents = families.map(
    ([family, own]) => `- **${family}**: ${own.map(({ name }) => linkTo(name)).join(', ')}`,
  );
  const sections = families.flatMap(([family, own]) => [
    `## ${family}`,
    ...ofPlugin(family),
    ...own.map((method) =>
      methodSection(
        method,
        examples.filter((call) => call.method === method.name),
      ),
    ),
  ]);
  return (
    ['# Methods', INTRODUCTION, contents.join('\n'), CALLING, errorTable(), ...sections].join('\n\n') + '\n'
  );
}

/** Its methods are there while it runs. */
function ofPlugin(family: string): string[] {
  const id = pluginOfFamily(family);
  if (id === null) return [];
  return [
    `Served where the plugin [\`${id}\`](../plugins/${id}) runs: \`get_plugins\` says so, \`enable_plugin\` starts it.`,
  ];
}

const INTRODUCTION = `Generated from the declarations by \`npm run generate\`; do not edit. Every example was executed:
\`npm run generate:examples\` plays \`test/examples/\` on a real gateway, and a test fails when an answer is another one.
Times, keys, random ids and addresses are replaced by fixed ones.`;

const CALLING = `## How to call

The same call in the two envelopes; the examples below show \`method\`, \`params\` and \`result\` of the second one:

\`\`\`sh
curl https://forge.example.com/_admin/api -H 'content-type: application/json' \\
  -d '{"id": 1, "api_key": "<key>", "method": "get_repo", "args": {"repoid": "website"}}'
curl https://forge.example.com/_admin/rpc -H 'content-type: application/json' -H 'authorization: Bearer <key>' \\
  -d '{"jsonrpc": "2.0", "id": 1, "method": "get_repo", "params": {"repoid": "website"}}'
\`\`\`

Where a default is empty, the argument may be left out. Arguments that are "integer or string"
take an id or a name. What a caller may not see does not exist for him: he gets the message of the missing object.

In the examples \`admin\` is the super admin; \`ada\`, who owns most of what they are about, \`grace\` and \`eve\` are users.`;

function errorTable(): string {
  const rows = (Object.keys(FAULT_CODES) as FaultReason[]).map(
    (reason) => `| ${FAULT_CODES[reason]} | \`${reason}\` | ${FAULT_WORDS[reason]} |`,
  );
  return [
    '## Errors of every method',
    'Codes are those of JSON-RPC 2.0, the reason is `error.data.reason`; the legacy envelope sends the message alone.',
    ['| code | reason | when |', '| --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}
