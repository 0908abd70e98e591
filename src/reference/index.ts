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
import { settingsReference } from './settings-reference.js';
import { withUnserved } from './unserved-reference.js';
import { withVocabularies } from './vocabularies-reference.js';

export { isToldOf, wireFingerprint } from './wire-fingerprint.js';

/** What the gateway declares; the settings are not looked at, because nothing is instantiated. */
export function gatewayMethods(): DeclaredMethod[] {
  const nothing = {} as Settings;
  const secrets = new SecretBox(Buffer.alloc(32));
  return declaredMethods(AppModule.on({ settings: nothing, secrets, logger: pino({ level: 'silent' }) }));
}

/** Generated files, and one in parts, by their path in the project. @param examplesFolder `docs/examples` */
export function generatedFiles(examplesFolder: string): Record<string, string> {
  const methods = gatewayMethods();
  const examples = executedExamples(examplesFolder);
  const compatibility = readFileSync(join(examplesFolder, '../compatibility.md'), 'utf8');
  const document = openRpcDocument(methods, examples, 'https://forge.example.com');
  return {
    'docs/compatibility.md': withUnserved(withVocabularies(compatibility, methods)),
    'docs/methods.md': methodsReference(methods, examples),
    'docs/events.md': eventsReference(EVENT_CONTRACTS, methods),
    'docs/settings.md': settingsReference(),
    'docs/openrpc.json': compactJson(document) + '\n',
    'src/client/contract.ts': clientContract(document),
    'plugins/plugin.schema.json': `${JSON.stringify(MANIFEST_SCHEMA, null, 2)}\n`,
  };
}
