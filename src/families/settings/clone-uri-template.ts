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
