import mustache from 'mustache';

const LONGEST = 1024 * 1024;

export class TemplateError extends Error {}

/** Values become JSON text: a string without its quotes, so that `"{{data.repo.description}}"` stays a string. */
const asJson = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : (JSON.stringify(value) ?? '');

/** @throws TemplateError when it cannot be read */
export function checkTemplate(template: string): void {
  try {
    mustache.parse(template);
  } catch (error) {
    throw new TemplateError((error as Error).message);
  }
}

/**
 * Mustache has no code, no access beyond the event and no loops but over its lists. Partials are not resolved.
 * @throws TemplateError when it cannot be read, or comes out longer than a megabyte
 */
export function renderBody(template: string, event: object, isJson: boolean): string {
  let text: string;
  try {
    text = mustache.render(template, event, {}, { escape: isJson ? asJson : String });
  } catch (error) {
    throw new TemplateError((error as Error).message);
  }
  if (text.length > LONGEST) throw new TemplateError(`comes out longer than ${LONGEST} characters`);
  return text;
}

/** `${branch}` and its like, encoded; what is not known becomes empty. Never in the host: see {@link hasVariableHost}. */
export function renderUrl(url: string, variables: Readonly<Record<string, string>>): string {
  return url.replace(/\$\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(variables[name] ?? ''));
}

export const hasVariableHost = (url: string): boolean => /^[a-z]+:\/\/[^/?#]*[${}]/i.test(url);
