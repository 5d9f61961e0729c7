import { expect, test } from 'vitest';
import { methodLinks, projectLinks } from '../../../scripts/footer-plugin.ts';

test('source and docs are linked as far as package.json names them', () => {
  const repository = { url: 'git+https://example.org/a/b.git' };
  expect(projectLinks({ repository, homepage: 'https://example.org/docs' })).toEqual([
    '<a href="https://example.org/a/b">Source</a>',
    '<a href="https://example.org/docs">Docs</a>',
  ]);
  expect(projectLinks({})).toEqual([]);
});

test('methods are linked by the name that the field has for them, where they were published', () => {
  const methods = [
    { title: 'Compute everything' },
    { title: 'Reuse much (MuchCache)', source: 'https://example.org/much' },
    { title: 'Reuse more', source: 'https://example.org/more' },
  ];
  expect(methodLinks(methods)).toEqual([
    '<a href="https://example.org/much">MuchCache</a>',
    '<a href="https://example.org/more">Reuse more</a>',
  ]);
});
