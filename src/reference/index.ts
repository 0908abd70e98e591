import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { AppModule } from '../app.module.js';
import { SecretBox } from '../config/secret-box.js';
import type { Settings } from '../config/settings.js';
import { EVENT_CONTRACTS } from '../events/catalogue.js';
import { MANIFEST_SCHEMA } from '../plugin-host/manifest-schema.js';
import { openRpcDocument } from '../rpc/openrpc/document.js';
import { clientContract } from './client-contract.js';
import { compactJson } from './compact-json.js';
import { declaredMethods, type DeclaredMethod } from './declared-methods.js';
import { eventsReference } from './events-reference.js';
import { executedExamples } from '../rpc/openrpc/executed-examples.js';
import { methodsReference } from './methods-reference.js';
import { treeDeclarations } from './plugin-declarations.js';
import { settingsReference } from './settings-reference.js';
import { withUnserved } from './unserved-reference.js';
import { withVocabularies } from './vocabularies-reference.js';

export { sdkApi, sdkProblems } from './sdk-changes.js';
export { isToldOf, wireFingerprint } from './wire-fingerprint.js';

const PUBLIC_URL = 'https://forge.example.com';

/** What the gateway declares; the settings are not looked at, because nothing is instantiated. */
export function gatewayMethods(): DeclaredMethod[] {
  const nothing = {} as Settings;
  const secrets = new SecretBox(Buffer.alloc(32));
  return declaredMethods(AppModule.on({ settings: nothing, secrets, logger: pino({ level: 'silent' }) }));
}

/** All that may be served in a clone: the gateway's own, and behind them those of the plugins in the tree. */
export async function documentedMethods(): Promise<DeclaredMethod[]> {
  const settings = { pluginsIgnoreSdkRange: [], publicUrl: PUBLIC_URL } as unknown as Settings;
  return [...gatewayMethods(), ...(await treeDeclarations(settings)).methods];
}

/** Generated files, and one in parts, by their path in the project. @param examplesFolder `docs/examples` */
export async function generatedFiles(examplesFolder: string): Promise<Record<string, string>> {
  const methods = await documentedMethods();
  const examples = executedExamples(examplesFolder);
  const compatibility = readFileSync(join(examplesFolder, '../compatibility.md'), 'utf8');
  const document = openRpcDocument(methods, examples, PUBLIC_URL);
  return {
    'docs/compatibility.md': withUnserved(withVocabularies(compatibility, methods)),
    'docs/methods.md': methodsReference(methods, examples),
    'docs/events.md': eventsReference(EVENT_CONTRACTS, methods),
    'docs/settings.md': settingsReference(),
    'docs/openrpc.json': compactJson(document) + '\n',
    'src/client/contract.ts': clientContract(
      document,
      '// Generated from docs/openrpc.json by `npm run generate`; do not edit.',
    ),
    'plugins/plugin.schema.json': `${JSON.stringify(MANIFEST_SCHEMA, null, 2)}\n`,
  };
}
