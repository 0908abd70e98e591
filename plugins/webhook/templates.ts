import mustache from 'mustache';

const LONGEST = 1024 * 1024;
const LONGEST_URL = 8_192;

/** Of `url` or `body_template`, which its message names. */
export class TemplateError extends Error {}

/** Values become JSON text: a string without its quotes, so that `"{{data.repo.description}}"` stays a string. */
const asJson = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : (JSON.stringify(value) ?? '');

const encoded = (value: unknown): string =>
  encodeURIComponent(String(value).replace(/\p{Surrogate}/gu, '\uFFFD'));

type Part = 'url' | 'body_template';

/** @throws TemplateError when it cannot be read */
export function checkTemplate(part: Part, template: string): void {
  reading(part, () => mustache.parse(template));
}

/** Knows own members only: what JavaScript gives to every value (`constructor`, `repeat`) is no part of an event. */
class EventContext extends mustache.Context {
  override push(view: unknown): EventContext {
    return new EventContext(view, this);
  }

  override lookup(name: string): unknown {
    if (name === '.') return this.view as unknown;
    const [first = '', ...rest] = name.split('.');
    return isOwn(this.view, first)
      ? rest.reduce(memberOf, memberOf(this.view, first))
      : (this.parent?.lookup(name) as unknown);
  }
}

const isOwn = (value: unknown, name: string): boolean =>
  value !== null && value !== undefined && Object.hasOwn(value, name);

const memberOf = (value: unknown, name: string): unknown =>
  isOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

/**
 * Mustache has no code, no access beyond the event and no loops but over its lists. Partials are not resolved.
 * @throws TemplateError when it cannot be read, or comes out longer than a megabyte
 */
export function renderBody(template: string, event: object, isJson: boolean): string {
  return rendered('body_template', template, event, isJson ? asJson : String, LONGEST);
}

/**
 * `{{data.repository.repo_name}}` of the event, and `${branch}` and its like where the format has them; encoded. Never in
 * the host: see {@link urlProblem}. @throws TemplateError
 */
export function renderUrl(url: string, event: object, variables: Readonly<Record<string, string>>): string {
  const filled = url.includes('{{') ? rendered('url', url, event, encoded, LONGEST_URL) : url;
  return filled.replace(VARIABLE, (_all, name: string) => encoded(variables[name] ?? ''));
}

const VARIABLE = /\$\{(\w+)\}/g;

/** Why the URL cannot be filled in; null when it can, or there is nothing to fill in. */
export function urlProblem(url: string, hasVariables: boolean): string | null {
  if (/^[a-z]+:\/\/[^/?#]*[${}]/i.test(url)) return 'url: variables may stand behind the host only';
  const [variable] = url.match(VARIABLE) ?? [];
  if (variable !== undefined && !hasVariables)
    return `url: ${variable} is for the payload_format rhodecode; write {{data.repository.repo_name}}`;
  return null;
}

function rendered(
  part: Part,
  template: string,
  event: object,
  escape: (value: unknown) => string,
  longest: number,
): string {
  const text = reading(part, () => mustache.render(template, new EventContext(event), {}, { escape }));
  if (text.length > longest) throw new TemplateError(`${part} comes out longer than ${longest} characters`);
  return text;
}

function reading<Result>(part: Part, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new TemplateError(`${part}: ${(error as Error).message}`);
  }
}
