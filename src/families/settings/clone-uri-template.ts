const PLACEHOLDERS = ['{scheme}', '{user}', '{netloc}', '{repo}', '{repoid}'];
const EXAMPLE = 'x';

/** Why a text cannot be the template of clone addresses, or null when it can. */
export function cloneUriTemplateFault(template: string): string | null {
  const unknown = template.match(/\{[^{}]*\}/g)?.find((found) => !PLACEHOLDERS.includes(found));
  if (unknown !== undefined) return `${unknown} is unknown: there are ${PLACEHOLDERS.join(' ')}`;
  if (!template.includes('{repo}') && !template.includes('{repoid}')) return '{repo} or {repoid} is missing';
  const example = template.replaceAll('{scheme}', 'https').replace(/\{[^{}]*\}/g, EXAMPLE);
  return /^(https?|ssh):\/\/[^\s/]+\/\S+$/.test(example) && URL.canParse(example)
    ? null
    : 'no URL of scheme http, https or ssh comes of it';
}

/** What holds until somebody sets another; the query is for statements that show repositories. */
export const CLONE_URI_TEMPLATE = '{scheme}://{netloc}/{repo}';
export const STORED_CLONE_URI_TEMPLATE = `(SELECT value #>> '{}' FROM setting WHERE name = 'clone_uri_tmpl')`;

/**
 * Where clients find a repository. A template is for everybody, so that a user's name is left out of it.
 * @param publicUrl as the settings have it; its path belongs to `{netloc}`
 */
export function cloneUrl(
  template: string | null,
  { repo_id, repo_name }: { repo_id: number; repo_name: string },
  publicUrl: string,
): string {
  const { protocol, host, pathname } = new URL(publicUrl);
  const values: Record<string, string> = {
    scheme: protocol.slice(0, -1),
    netloc: host + pathname.replace(/\/+$/, ''),
    repo: repo_name.split('/').map(encodeURIComponent).join('/'),
    repoid: String(repo_id),
  };
  return (template ?? CLONE_URI_TEMPLATE)
    .replace(/\{user\}@?/g, '')
    .replace(/\{(\w+)\}/g, (given, name: string) => values[name] ?? given);
}
