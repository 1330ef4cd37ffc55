import { describe, expect, test } from 'vitest';
import type { Rights, Role, User } from '../src/sdk';
import { ofLock, ofRole } from '../src/pages/changes';

const me: User = { id: 'me', name: 'Kim', color: 1 };
const ana = { user: 'ana', name: 'Ana Diaz' };

function rights(role: Role, by: Rights['by'] = null, reason = 'revoked'): Rights {
  const mayEdit = ['editor', 'admin', 'owner'].includes(role);
  return { role, commands: mayEdit ? ['edit'] : [], mayEdit, reason, by };
}

describe('a change of role is one sentence that names who changed it', () => {
  test.each([
    ['editor', 'viewer', 'Ana Diaz made you a Viewer: you can read it, but not change it.'],
    ['viewer', 'editor', 'Ana Diaz made you an Editor: you can write now.'],
    ['editor', 'admin', 'Ana Diaz made you an Admin.'],
  ] as const)('%s to %s', (before, now, told) => {
    expect(ofRole(rights(before), rights(now, ana), me)).toBe(told);
  });

  test('nobody is named who is not known, and an end by date is called that', () => {
    expect(ofRole(rights('editor'), rights('viewer'), me)).toBe('You are a Viewer of this document now: you can read it, but not change it.');
    expect(ofRole(rights('editor'), rights('viewer', null, 'expired'), me)).toMatch(/^Your time as an Editor is over\./);
  });

  test('who it was is told when it is known', () => {
    expect(ofRole(rights('viewer'), rights('viewer', ana), me)).toBe('Ana Diaz made you a Viewer: you can read it, but not change it.');
    expect(ofRole(rights('editor', null, 'granted'), rights('editor', ana, 'granted'), me)).toBe('Ana Diaz made you an Editor: you can write now.');
    expect(ofRole(rights('viewer', null, 'document'), rights('viewer', ana, 'document'), me)).toBe('');
  });

  test('what one did oneself, or what is no change, is not told', () => {
    expect(ofRole(rights('owner'), rights('admin', { user: 'me', name: 'Kim' }), me)).toBe('');
    expect(ofRole(rights('editor'), rights('editor', ana, 'document'), me)).toBe('');
  });
});

test('a lock names who locked', () => {
  expect(ofLock(true, ana, me)).toMatch(/^Ana Diaz locked/);
  expect(ofLock(false, { user: 'me', name: 'Kim' }, me)).toBe('You unlocked this document.');
  expect(ofLock(true, null, me)).toMatch(/^This document is locked/);
});
