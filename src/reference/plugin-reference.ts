import type { PluginManifest } from '../plugin-host/plugin-manifest.js';
import { eventSection } from './events-reference.js';
import { fencedJson, linkTo } from './markdown.js';
import { methodSection } from './method-section.js';
import type { PluginDeclarations } from './plugin-declarations.js';

/** A page about what one plugin adds to the API: its methods with what they answer, its event types. */
export function pluginReference(
  { id, version, summary = '' }: PluginManifest,
  { methods, events }: PluginDeclarations,
): string {
  const own = new Set(events.map(({ type }) => type));
  const linkToEvent = (type: string) => (own.has(type) ? linkTo(type) : `\`${type}\``);
  const sections = methods.map((method) =>
    [methodSection(method, [], linkToEvent), 'Answers, as JSON Schema:', fencedJson(method.result)].join(
      '\n\n',
    ),
  );
  return (
    [
      `# ${id} ${version}`,
      `${summary}.`,
      ...(sections.length > 0 ? ['## Methods', ...sections] : []),
      ...events.map((contract) => eventSection(contract)),
    ].join('\n\n') + '\n'
  );
}
