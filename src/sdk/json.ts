/** What JSON can carry: everything in an event payload, a plugin's state or a call's result must be this. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** A JSON Schema (draft 07 subset that ajv 8 and OpenRPC both read). */
export type JsonSchema = { [keyword: string]: unknown };
