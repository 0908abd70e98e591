import { describe, expect, it } from 'vitest';
import { argumentsOf } from './argument-words.js';
import { contractMethods, findMethod } from './contract-file.js';

const methods = contractMethods();
const parse = (name: string, ...words: string[]) => argumentsOf(words, findMethod(methods, name));

describe('the words behind a method', () => {
  it('are split at their first colon and stay strings', () => {
    expect(
      parse(
        'create_user',
        'username:bent',
        'extern_name:uid=bent,dc=example,dc=com',
        'active:False',
        'lastname:',
      ),
    ).toEqual({ username: 'bent', extern_name: 'uid=bent,dc=example,dc=com', active: 'False', lastname: '' });
    expect(parse('create_repo', 'clone_uri:https://a.example/b:c', 'description:[draft]')).toEqual({
      clone_uri: 'https://a.example/b:c',
      description: '[draft]',
    });
  });

  it('become lists and objects where the method takes nothing else', () => {
    expect(parse('create_api_key', 'scopes:["read", "repo:a"]')).toEqual({ scopes: ['read', 'repo:a'] });
    expect(parse('create_api_key', 'scopes:read')).toEqual({ scopes: 'read' });
    expect(parse('create_gist', 'files:{"a.txt": {"content": "a"}}')).toEqual({
      files: { 'a.txt': { content: 'a' } },
    });
  });

  it('may be one JSON object, as newer tools send it', () => {
    expect(parse('get_repo', '{"repoid": 5, "with_pullrequests": true}')).toEqual({
      repoid: 5,
      with_pullrequests: true,
    });
  });

  it('stay strings for methods that nobody described', () => {
    expect(parse('plugin_method', 'list:["a"]')).toEqual({ list: '["a"]' });
  });

  it('without a colon are refused', () => {
    expect(() => parse('get_repo', 'website')).toThrow('"website" is no argument: write key:value');
    expect(() => parse('get_repo', ':website')).toThrow('is no argument');
  });
});
