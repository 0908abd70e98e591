import type { Json, JsonObject, JsonSchema } from '../../sdk/index.js';

/** Schemas that have a title are written once, under it, and referred to from everywhere else. */
export class Components {
  private readonly found = new Map<string, Json>();

  /** The schema with references in the place of its titled parts. @throws when two parts share a title and differ */
  refer(schema: JsonSchema): Json {
    return this.visit(schema);
  }

  /** By name. */
  all(): JsonObject {
    return Object.fromEntries([...this.found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private visit(value: unknown): Json {
    if (Array.isArray(value)) return value.map((item) => this.visit(item));
    if (typeof value !== 'object' || value === null) return value as Json;
    const members = value as JsonSchema;
    const visited: JsonObject = {};
    for (const [name, child] of Object.entries(members)) visited[name] = this.visit(child);
    if (typeof members.title !== 'string' || members.type !== 'object') return visited;
    this.keep(members.title, visited);
    return { $ref: `#/components/schemas/${members.title}` };
  }

  private keep(title: string, schema: Json): void {
    const known = this.found.get(title);
    if (known === undefined) this.found.set(title, schema);
    else if (JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`Two shapes of results are called ${title}: give one of them another name`);
  }
}
