// Links and pictures: asking for their addresses, and putting them where the caret is.

import type Quill from 'quill';
import { isImage, isLink } from '../editor/schema';
import { ask } from './dialog';
import { Complaint } from './part';

export function askLink(quill: Quill): void {
  const range = quill.getSelection(true);
  const now = quill.getFormat(range).link;
  ask({
    title: now ? 'Change link' : 'Link',
    label: 'Address',
    value: typeof now === 'string' ? now : '',
    placeholder: 'https://…',
    action: 'Apply',
    ...(now ? { text: 'Leave it empty to remove the link.' } : {}),
    answer: (value) => {
      const typed = value.trim();
      const address = typed === '' || /^[a-z]+:/i.test(typed) ? typed : `https://${typed}`;
      if (address && !isLink(address)) throw new Complaint('A link begins with https, http, mailto or tel.');
      if (range.length > 0) quill.formatText(range.index, range.length, 'link', address || false, 'user');
      else if (address) quill.insertText(range.index, address, { link: address }, 'user');
      setTimeout(() => quill.setSelection(range.index + (range.length || address.length), 0, 'user'));
    },
  });
}

export function askImage(quill: Quill): void {
  const range = quill.getSelection(true);
  ask({
    title: 'Picture',
    label: 'Its address',
    placeholder: 'https://…',
    action: 'Insert',
    answer: (value) => {
      const address = value.trim();
      if (!isImage(address)) throw new Complaint('A picture needs an address that begins with https://.');
      quill.insertEmbed(range.index, 'image', address, 'user');
      setTimeout(() => quill.setSelection(range.index + 1, 0, 'user'));
    },
  });
}
