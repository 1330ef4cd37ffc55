// A document in a page of one's own, at an origin of its own. The page's own server passes on two requests to Coscribe:
//
//	POST /coscribe/v1/documents/{id}/tickets    GET /coscribe/v1/documents/{id}/ops
//
// and signs them with an API token, which no browser sees: "In a page of your own" in the README says with which headers.

import { Binding } from '../src/editor/binding';
import '../src/editor/editor.css';
import { Http, Session, type Offer, type Status } from '../src/sdk';
import { browserDial, browserLocks, browserShelf } from '../src/sdk/browser';

export interface Embedded {
  coscribe: string; // https://docs.example.org
  doc: string;
  user: string; // the id of the one whose token it is: unsent edits are kept on this device in their name
  status(status: Status): void; // to show: whether all is saved
  offer(offer: Offer): void; // text that could not be saved, for its author to copy
  said(sentence: string): void; // anything else to tell
}

// embed returns the function that takes the document out of the page again. What is unsent is sent at its next opening.
export function embed(place: HTMLElement, { coscribe, doc, user, status, offer, said }: Embedded): () => Promise<void> {
  const http = new Http('/coscribe');
  const session = new Session({
    doc,
    user,
    dial: browserDial(http, doc, coscribe),
    ops: (after) => http.ops(doc, after),
    shelf: browserShelf(),
    locks: browserLocks(),
  });
  const binding = new Binding(place, session, {
    label: 'Text of the document',
    placeholder: 'Write here',
    said,
    broken: () => said('This document holds something that cannot be shown, so it is closed for writing.'),
    link: () => {
      const range = binding.quill.getSelection(true);
      const address = prompt('Address of the link');
      if (address) binding.quill.formatText(range.index, range.length, 'link', address, 'user');
    },
    help: () => {},
  });
  session.on('status', status);
  session.on('offer', offer);
  session.on('ended', (why) => said(`The document is closed: ${why}.`));
  void session.start();
  return () => {
    binding.destroy();
    return session.close();
  };
}
